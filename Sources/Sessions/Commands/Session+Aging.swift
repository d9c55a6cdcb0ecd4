internal import Aging
internal import Fragmentation
internal import MemoryUnits

extension Session {
  static let agingCommands = [
    Command(
      name: "age", usage: "age METHOD UNUSABLE [unmovable SHARE] [free SHARE] [seed N]",
      summary: "a task fragments all free memory on purpose",
      more: [
        "METHOD is \(methods).",
        "UNUSABLE is the share of free memory that shall lie in no free block of 2 MiB: 60% or 0.6.",
        "'unmovable' is the share of the kept pages that are pinned, 'free' that of all memory.",
        "'framelab age --help' says what the methods do.",
      ]
    ) { session, arguments throws(ScriptError) in
      let method = try arguments.value(methods) { AgingMethod(rawValue: $0) }
      var goal = AgingGoal(unusable: try share(&arguments))
      var seed = 1
      while !arguments.isAtEnd {
        if arguments.take("unmovable") != nil {
          goal.unmovable = try share(&arguments)
        } else if arguments.take("free") != nil {
          goal.free = try share(&arguments)
        } else if arguments.take("seed") != nil {
          seed = try arguments.size("a number")
        } else {
          throw arguments.expected("'unmovable', 'free' or 'seed'")
        }
      }
      return session.age(method, goal, seed: UInt64(truncatingIfNeeded: seed))
    }
  ]

  private static var methods: String {
    AgingMethod.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// `60%` or `0.6`.
  private static func share(_ arguments: inout Arguments) throws(ScriptError) -> Double {
    try arguments.value("a share such as 60%") { AgingRequest.share($0) }
  }

  private func age(_ method: AgingMethod, _ goal: AgingGoal, seed: UInt64) -> Reply {
    do {
      let report = try machine.age(method, goal, seed: seed)
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
