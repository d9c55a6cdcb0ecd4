import Foundation
import MemoryUnits
import Reporting
import Results

/// Results of a small machine, clearly not of a real program, in real folders.
struct Fixture {
  var frames = 8192
  var samples = 24
  var repetitions = 1
  var title = "A fixture of the tests"
  var recording = "fixture.fltrace"
  var systemTitles = ["Lowest first", "Scattered"]

  private func repetition(
    _ placement: FixtureMachine.Placement, seed: UInt64, map: inout FrameMapWriter
  ) -> Repetition {
    var machine = FixtureMachine(frames: frames, placement: placement, seed: seed)
    var repetition = Repetition(seed: seed)
    for step in 0..<samples {
      // Fills 60 % in the first third of the run with objects of 18 pages on average, then half of
      // them come and go.
      let fill = samples / 3
      let objects = frames * 6 / 10 / 18 / fill
      for _ in 0..<objects {
        if step < fill { machine.allocate() } else { machine.free() }
      }
      if step >= fill, step % 3 != 0 { for _ in 0..<objects { machine.allocate() } }
      let time = UInt64(step + 1) * 250_000_000
      repetition.samples.append(machine.sample(timeNs: time))
      map.append(timeNs: time, states: machine.states, owners: machine.owners)
    }
    repetition.counters = ["allocations": 1000 + seed, "failed_allocations": 0]
    repetition.timing = Timing(wallNs: 1_000_000, cpuNs: 900_000, records: 5000)
    return repetition
  }

  /// Runs the fixture and seals its result under `parent`.
  func make(in parent: String, name: String = "fixture") throws -> String {
    let folder = try ResultFolder.open(parent: parent, name: name, fingerprint: "\(self)")
    var systems = [SystemRun]()
    for (number, placement) in [FixtureMachine.Placement.lowest, .scattered].enumerated() {
      var system = SystemRun(
        name: number == 0 ? "lowest" : "scattered", title: systemTitles[number], kind: .direct,
        properties: ["Objects lie where the rule of the fixture puts them."])
      for index in 0..<repetitions {
        var map = FrameMapWriter(machineFrames: frames, hasOwners: true)
        var repetition = repetition(placement, seed: UInt64(index + 1), map: &map)
        if index == 0 {
          let file = ResultFolder.frameMapName(system: system.name, index: 0)
          try folder.store(map.finish(), file: file)
          repetition.frameMap = file
        }
        system.repetitions.append(repetition)
      }
      systems.append(system)
    }
    systems.append(recorded(like: systems[0]))
    let configuration = Configuration(
      name: "fixture", title: title, machineBytes: UInt64(frames) * 4096, instances: 3, seed: 1,
      repetitions: repetitions, touch: "all", durationNs: UInt64(samples) * 250_000_000,
      sampleCount: samples)
    let workload = Workload(
      recording: recording, checksum: "00ff", origin: "fixture", eventCount: 123_456,
      spanNs: 3_000_000_000, livePeakBytes: 9 << 20, threads: 2,
      caveats: ["This recording is a fixture of the tests."])
    return try folder.seal(
      RunResult(
        provenance: Provenance(
          version: "test", command: ["framelab", "run", "fixture file.yaml"],
          startedAt: "2026-01-01T00:00:00Z", host: ["cpu": "none"], versions: ["fixture": "1"]),
        configuration: configuration, workload: workload, systems: systems))
  }

  /// What a recorder would have seen of the same objects: a tenth more than live, no frames.
  private func recorded(like system: SystemRun) -> SystemRun {
    var recorded = SystemRun(
      name: "recorded", title: "as recorded", kind: .recorded,
      properties: ["Resident bytes of a process that does not exist."])
    recorded.repetitions = system.repetitions.map { repetition in
      Repetition(
        seed: repetition.seed,
        samples: repetition.samples.map {
          Sample(timeNs: $0.timeNs, liveBytes: $0.liveBytes, heldBytes: $0.liveBytes / 10 * 11)
        })
    }
    return recorded
  }
}
