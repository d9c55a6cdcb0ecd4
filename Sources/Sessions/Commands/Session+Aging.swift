internal import Aging
internal import Fragmentation
internal import MemoryUnits
internal import VirtualMemory

extension Session {
  static let agingCommands = [
    Command(
      name: "age",
      usage: "age METHOD UNUSABLE [unmovable SHARE] [free SHARE] [seed N] [trace FILE]",
      summary: "a task fragments all free memory on purpose",
      more: [
        "METHOD is \(methods).",
        "UNUSABLE is the share of free memory that shall lie in no free block of 2 MiB: 60% or 0.6.",
        "'unmovable' is the share of the kept pages that are pinned, 'free' that of all memory.",
        "'trace' is a file of the host, the heap recording of recorded-churn.",
        "'framelab age --help' says what the methods do.",
      ]
    ) { session, arguments throws(ScriptError) in
      let method = try arguments.value(methods) { AgingMethod(rawValue: $0) }
      var goal = AgingGoal(unusable: try share(&arguments))
      var seed = 1
      var trace: String?
      while !arguments.isAtEnd {
        if arguments.take("unmovable") != nil {
          goal.unmovable = try share(&arguments)
        } else if arguments.take("free") != nil {
          goal.free = try share(&arguments)
        } else if arguments.take("seed") != nil {
          seed = try arguments.size("a number")
        } else if method == .recordedChurn, arguments.take("trace") != nil {
          trace = try arguments.word("the path of a heap recording")
        } else {
          throw arguments.expected(
            method == .recordedChurn
              ? "'unmovable', 'free', 'seed' or 'trace'" : "'unmovable', 'free' or 'seed'")
        }
      }
      let number = UInt64(truncatingIfNeeded: seed)
      guard method == .recordedChurn else {
        return session.age { machine throws(Errno) in
          try machine.age(method, goal, seed: number)
        }
      }
      guard let trace else { throw arguments.expected("'trace' and the path of a heap recording") }
      let churn = try session.recording(trace)
      return session.age { machine throws(Errno) in
        try machine.age(by: churn, goal, seed: number)
      }
    }
  ]

  private static var methods: String {
    AgingMethod.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// `60%` or `0.6`.
  private static func share(_ arguments: inout Arguments) throws(ScriptError) -> Double {
    try arguments.value("a share such as 60%") { AgingRequest.share($0) }
  }

  private func recording(_ path: String) throws(ScriptError) -> RecordedChurn {
    guard let openRecording else {
      throw ScriptError(.usage, "this session has no files of the host")
    }
    do {
      return try openRecording(path, machine.frameCount)
    } catch {
      throw ScriptError(.usage, "\(error)")
    }
  }

  private func age(
    _ body: (inout Machine) throws(Errno) -> AgingReport
  ) -> Reply {
    do {
      let report = try body(&machine)
      let unusable = report.unusable.map { "\(Self.percent($0))" } ?? "nothing is free"
      outcome.result = .count(Int(report.freeAreas.available(.huge) ?? 0))
      return Reply(
        StyledLine("\(counted(report.spoiledBlocks, "block")) of 2 MiB spoiled, ")
          + "\(Self.percent(report.free)) of memory is free, unusable for 2 MiB \(unusable)",
        ("spoiled_blocks", JSON(report.spoiledBlocks)),
        ("kept_frames", JSON(report.keptFrames)), ("pinned_frames", JSON(report.pinnedFrames)),
        ("free_frames", JSON(Int(report.freeAreas.freeFrames))),
        ("huge_pages_now", JSON(Int(report.freeAreas.available(.huge) ?? 0))))
    } catch {
      return failed(error)
    }
  }

  /// One decimal.
  private static func percent(_ share: Double) -> String {
    let thousandths = Int((1000 * share).rounded())
    return "\(thousandths / 10).\(thousandths % 10) %"
  }
}
