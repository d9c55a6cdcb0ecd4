import Foundation
import Testing

/// `framelab run` on a small foreign recording, in a folder of its own.
@Suite("framelab run")
struct RunCommandTests {
  /// A folder with a recording in CMU's format, made from a seed, and a five-line experiment.
  final class Trial {
    let folder: String

    init(instances: Int = 4, operations: Int = 60_000, systems: String) throws {
      folder = FileManager.default.temporaryDirectory.path + "/framelab-run-" + UUID().uuidString
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      var state: UInt64 = 88_172_645_463_325_252
      func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
      }
      var live: [Int] = []
      var lines: [String] = []
      var ids = 0
      while lines.count < operations {
        if live.count < 500 || next(2) == 0 {
          lines.append("a \(ids) \(1 << (4 + next(14)))")
          live.append(ids)
          ids += 1
        } else {
          let victim = next(live.count)
          lines.append("f \(live[victim])")
          live[victim] = live[live.count - 1]
          live.removeLast()
        }
      }
      try (["0", "\(ids)", "\(lines.count)", "1"] + lines).joined(separator: "\n").appending("\n")
        .write(toFile: folder + "/trace.rep", atomically: true, encoding: .utf8)
      try """
      recording: trace.rep
      instances: \(instances)
      repetitions: 2
      samples: 12
      systems: [\(systems)]

      """.write(toFile: folder + "/trial.yaml", atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var experiment: String { folder + "/trial.yaml" }

    /// The `deterministic` part of a result, in a canonical form.
    func deterministic(_ result: String) throws -> Data {
      let data = try Data(contentsOf: URL(filePath: "\(folder)/\(result)/result.json"))
      let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      return try JSONSerialization.data(
        withJSONObject: try #require(object["deterministic"]), options: .sortedKeys)
    }

    /// Names in the folder that are neither the experiment's nor hidden.
    func results() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { !$0.hasPrefix(".") && !$0.hasPrefix("trial") && !$0.hasPrefix("trace") }
    }

    /// Starts a run and kills it with SIGKILL after some time; true when it was still running.
    func killedRun(after seconds: Double, output: String) throws -> Bool {
      let process = Process()
      process.executableURL = URL(filePath: Tool.path)
      process.arguments = ["run", experiment, "--output", "\(folder)/\(output)"]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      Thread.sleep(forTimeInterval: seconds)
      let wasRunning = process.isRunning
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      return wasRunning
    }
  }

  @Test("a run killed at any moment leaves no half result, and a rerun ends with the same bytes")
  func killed() throws {
    let trial = try Trial(systems: "list-buddy, jemalloc-simulated")
    let whole = try Tool.run(["run", trial.experiment, "--output", trial.folder + "/whole"])
    #expect(whole.code == 0, "\(whole.errors)")
    let expected = try trial.deterministic("whole")

    let moments = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] != nil ? 40 : 8
    var killed = 0
    for moment in 0..<moments {
      // From before the recording is loaded to about the end of the run.
      let seconds = 0.004 + Double(moment) * 0.6 / Double(moments)
      if try trial.killedRun(after: seconds, output: "killed") { killed += 1 }
      if try trial.results().contains("killed") {
        #expect(try trial.deterministic("killed") == expected, "killed after \(seconds) s")
      }
      if moment % 3 == 2 {
        let rerun = try Tool.run(["run", trial.experiment, "--output", trial.folder + "/killed"])
        #expect(rerun.code == 0, "after \(seconds) s: \(rerun.errors)")
        #expect(try trial.deterministic("killed") == expected, "killed after \(seconds) s")
        try FileManager.default.removeItem(atPath: trial.folder + "/killed")
      }
    }
    #expect(killed > 0)
  }

  @Test("--resume goes on with a killed run and refuses when there is none")
  func resume() throws {
    let trial = try Trial(systems: "list-buddy")
    let nothing = try Tool.run(
      ["run", trial.experiment, "--resume", "--output", trial.folder + "/result"])
    #expect(nothing.code == 2)
    #expect(nothing.errors.contains("nothing to resume"))
  }

  @Test(
    "Ctrl-C and SIGTERM seal what is finished, and the next run completes it",
    arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) throws {
    let trial = try Trial(operations: 400_000, systems: "list-buddy")
    let output = trial.folder + "/result"
    let many = ["run", trial.experiment, "--set", "repetitions=40", "--output", output]
    let process = Process()
    process.executableURL = URL(filePath: Tool.path)
    process.arguments = many
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Two finished repetitions, so that there is something to seal and something missing.
    let stored = "\(trial.folder)/.result.partial/resume/list-buddy-1.json"
    while process.isRunning, !FileManager.default.fileExists(atPath: stored) { usleep(1000) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 128 + signal)

    let data = try Data(contentsOf: URL(filePath: output + "/result.json"))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let incomplete = try #require(object["incomplete"] as? [String: Any])
    let missing = try #require(incomplete["missing"] as? [String: [Int]])
    let gone = try #require(missing["list-buddy"])
    #expect(gone.count < 40 && gone.last == 39)

    let rerun = try Tool.run(many)
    #expect(rerun.code == 0, "\(rerun.errors)")
    let whole = try Tool.run(many.dropLast() + [trial.folder + "/whole"])
    #expect(whole.code == 0, "\(whole.errors)")
    #expect(try trial.deterministic("result") == trial.deterministic("whole"))
  }

  @Test("--vmstat prints what the simulated kernel counted")
  func vmstat() throws {
    let trial = try Trial(operations: 5000, systems: "list-buddy, jemalloc-simulated")
    let outcome = try Tool.run([
      "run", trial.experiment, "--vmstat", "--output", trial.folder + "/r",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ") }
    let head = try #require(lines.first)
    #expect(head.first == "vmstat" && head.last == "jemalloc-simulated")
    let faults = try #require(lines.first { $0.first == "pgfault" }?.last.flatMap { Int($0) })
    #expect(faults > 0)
    #expect(!lines.contains { $0.first == "pswpout" })
  }

  @Test("--json says where the result is and gives the figures that result.json has")
  func json() throws {
    let trial = try Trial(operations: 5000, systems: "list-buddy, jemalloc-simulated")
    let outcome = try Tool.run(["run", trial.experiment, "--json", "--output", trial.folder + "/r"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    struct Printed: Decodable {
      struct System: Decodable {
        var name: String
        var summary: [String: [String: Figure]]
      }
      struct Figure: Decodable { var mean: Double }
      var result: String
      var report: String
      var systems: [System]
    }
    let printed = try JSONDecoder().decode(Printed.self, from: Data(outcome.output.utf8))
    #expect(printed.result == trial.folder + "/r")
    let page = try Data(contentsOf: URL(filePath: printed.report))
    let again = try Tool.run(["report", printed.result])
    #expect(again.code == 0, "\(again.errors)")
    #expect(try Data(contentsOf: URL(filePath: printed.report)) == page)
    #expect(printed.systems.map(\.name) == ["list-buddy", "jemalloc-simulated"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: trial.deterministic("r")) as? [String: Any])
    let systems = try #require(object["systems"] as? [[String: Any]])
    for (system, stored) in zip(printed.systems, systems) {
      let repetitions = try #require(stored["repetitions"] as? [[String: Any]])
      let held = try repetitions.map { repetition in
        let samples = try #require(repetition["samples"] as? [[String: Any]])
        return try #require(samples.last?["held_bytes"] as? Double)
      }
      let mean = try #require(system.summary["end"]?["held_bytes"]?.mean)
      #expect(abs(mean - held.reduce(0, +) / Double(held.count)) <= 1, "\(system.name)")
    }
  }

  static let heaptrack = "/usr/bin/heaptrack"

  @Test(
    "a recording that heaptrack made goes through an experiment file of five lines",
    .enabled(if: FileManager.default.isExecutableFile(atPath: heaptrack)))
  func heaptrackRecording() throws {
    let trial = try Trial(operations: 10, systems: "list-buddy")
    let recorded = try Tool.command(
      Self.heaptrack,
      ["-o", trial.folder + "/trace-ht", "/usr/bin/python3", "-c", "list(range(9))"],
      environment: ["PYTHONMALLOC": "malloc"], folder: trial.folder)
    #expect(recorded.code == 0, "\(recorded.errors)")
    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: trial.folder)
        .first { $0.hasPrefix("trace-ht") })
    try """
    title: What heaptrack saw
    recording: \(file)
    instances: 3
    repetitions: 2
    systems: [list-buddy, jemalloc-simulated, glibc]

    """.write(toFile: trial.experiment, atomically: true, encoding: .utf8)
    let outcome = try Tool.run(["run", trial.experiment, "--output", trial.folder + "/r"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: trial.deterministic("r")) as? [String: Any])
    let workload = try #require(object["workload"] as? [String: Any])
    #expect(workload["origin"] as? String == "heaptrack")
    #expect(try #require(workload["event_count"] as? Int) > 1000)
  }

  @Test("bad input is one line with file, line and key, exit code 2")
  func badInput() throws {
    let trial = try Trial(operations: 100, systems: "list-buddy")
    let machine = try Tool.run(["run", trial.experiment, "--set", "machine=huge"])
    #expect(machine.code == 2)
    #expect(machine.errors.contains("machine") && machine.errors.contains("8GiB"))
    // The file is not to blame for what the command line says.
    #expect(machine.errors.hasPrefix("framelab: --set machine: `huge`: expected a size"))
    for (setting, message) in [
      ("systems=[a]", "--set systems: `a`: expected one of"),
      ("mashine=8GiB", "--set mashine: unknown key; known are"),
    ] {
      let outcome = try Tool.run(["run", trial.experiment, "--set", setting])
      #expect(outcome.code == 2)
      #expect(outcome.errors.hasPrefix("framelab: \(message)"), "\(outcome.errors)")
    }
    let recording = try Tool.run(["run", trial.experiment, "--set", "recording=none.rep"])
    #expect(recording.code == 2)
    #expect(recording.errors.contains("none.rep"))
    let missing = try Tool.run(["run", trial.folder + "/other.yaml"])
    #expect(missing.code == 2)
    for outcome in [machine, recording, missing] {
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
    #expect(try trial.results() == [])
  }
}
