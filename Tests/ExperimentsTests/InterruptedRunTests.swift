import Experiments
import Foundation
import Results
import Testing
import TraceFormats

@Suite("A run that is stopped")
struct InterruptedRunTests {
  /// Stops the run once the first system has so many repetitions.
  private struct StopAfter: RunEvents {
    var repetitions: Double
    var done = 0.0

    mutating func progress(of system: SystemName, fraction: Double) { done = fraction * 3 }
    mutating func skipped(_ system: SystemName, because reason: String) {
      Issue.record("\(system) was skipped: \(reason)")
    }
    func isInterrupted() -> Bool { done >= repetitions }
  }

  @Test("has of the recorded program the repetitions of the other systems, and no more")
  func recorded() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/framelab-stop-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try churnTrace(events: 2000, seed: 5).write(to: folder + "/a.fltrace")
    let experiment = try Experiment(
      yaml: """
        recording: \(folder)/a.fltrace
        instances: 2
        repetitions: 3
        samples: 4
        systems: [list-buddy]
        """, path: folder + "/trial.yaml")
    let run = try ExperimentRun(experiment)
    var events = StopAfter(repetitions: 2)
    let outcome = try run.execute(
      in: ResultFolder.open(parent: folder, name: "result", fingerprint: "x"),
      programs: ChildPrograms { $0 },
      provenance: Provenance(version: "1", command: ["framelab"], startedAt: "now"),
      events: &events
    ) { _, _ in }
    #expect(outcome.result.incomplete?.missing == ["list-buddy": [2]])
    let seeds = outcome.result.systems.map { $0.repetitions.map(\.seed) }
    #expect(outcome.result.systems.map(\.name) == ["list-buddy", "recorded"])
    #expect(seeds == [[1, 2], [1, 2]])
  }
}
