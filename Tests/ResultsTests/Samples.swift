import Foundation
import Results

/// A folder that lives as long as a test.
final class ScratchFolder {
  let path: String

  init() throws {
    let base = FileManager.default.temporaryDirectory.path
    path = base + "/framelab-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Names in the folder, hidden ones too, sorted.
  var entries: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// Small values that the tests of this target share.
enum Samples {
  static func repetition(_ seed: UInt64) -> Repetition {
    var sample = Sample(timeNs: 1000, liveBytes: 4096 * seed, heldBytes: 8192 * seed)
    sample.freeHugeBlocks = seed
    var repetition = Repetition(seed: seed, samples: [sample], counters: ["allocations": seed])
    repetition.timing = Timing(wallNs: 5, cpuNs: 4, records: 3)
    return repetition
  }

  static func result(_ repetitions: [Repetition], host: String = "a host") -> RunResult {
    RunResult(
      provenance: Provenance(
        version: "1", command: ["framelab", "run", "x.yaml"], startedAt: "2026-01-01T00:00:00Z",
        host: ["cpu": host]),
      configuration: Configuration(
        name: "x", title: "X", machineBytes: 1 << 30, instances: 1, seed: 1, repetitions: 2,
        touch: "all", durationNs: 1000, sampleCount: 1),
      workload: Workload(
        recording: "x.fltrace", checksum: "00", origin: "framelab", eventCount: 1, spanNs: 1000,
        livePeakBytes: 4096, threads: 1),
      systems: [
        SystemRun(name: "a", title: "A", kind: .direct, repetitions: repetitions),
        SystemRun(name: "b", title: "B", kind: .real, repetitions: repetitions),
      ])
  }
}
