import Experiments
import Foundation
import Fragmentation
import MemoryUnits
import Results
import Testing
import TraceFormats

@Suite("list-buddy and row-buddy: the direct heap under a replay")
struct DirectHeapTests {
  private struct Silent: RunEvents {
    var skips: [String] = []
    mutating func progress(of system: SystemName, fraction: Double) {}
    mutating func skipped(_ system: SystemName, because reason: String) { skips.append(reason) }
    func isInterrupted() -> Bool { false }
  }

  /// Runs an experiment on a trace in a folder of its own.
  private func run(
    _ trace: HeapTrace, _ yaml: String, systems: String = "list-buddy"
  ) throws -> RunResult {
    let folder = FileManager.default.temporaryDirectory.path + "/framelab-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try trace.write(to: folder + "/trace.fltrace")
    let experiment = try Experiment(
      yaml: "recording: trace.fltrace\nsystems: \(systems)\n" + yaml, path: folder + "/trial.yaml")
    let run = try ExperimentRun(experiment)
    var events = Silent()
    let outcome = try run.execute(
      in: try ResultFolder.open(parent: folder, name: "result", fingerprint: "test"),
      programs: ChildPrograms { _ in fatalError("list-buddy runs no child") },
      provenance: Provenance(version: "test", command: [], startedAt: ""), events: &events
    ) { _, _ in }
    #expect(events.skips == [])
    return try RunResult.read(outcome.path)
  }

  @Test(
    "live bytes are those of the trace at every sample, and all of memory is accounted for",
    arguments: ["list-buddy", "row-buddy"])
  func liveBytes(name: String) throws {
    let trace = churnTrace(events: 20_000, seed: 3)
    let result = try run(trace, "machine: 4GiB\nsamples: 20\n", systems: name)
    let system = try #require(result.systems.first { $0.name == name })
    let repetition = try #require(system.repetitions.first)
    #expect(repetition.counters["failed_allocations"] == 0)
    #expect(repetition.counters["records"] == 20_000)
    #expect(repetition.samples.count == 20)
    for sample in repetition.samples {
      var sizes: [UInt32: UInt64] = [:]
      for record in trace.records where record.timeNs <= sample.timeNs {
        sizes[record.slot] = record.size
      }
      #expect(sample.liveBytes == sizes.values.reduce(0, +), "at \(sample.timeNs) ns")
      #expect(sample.heldBytes >= sample.liveBytes)
      let free = try #require(sample.freeAreas).freeFrames << 12
      #expect(free + sample.heldBytes == 4 << 30)
    }
  }

  @Test("a machine too small refuses, counts it, and never holds more than it has")
  func tooSmall() throws {
    let trace = churnTrace(events: 20_000, seed: 4)
    let result = try run(trace, "machine: 64MiB\nsamples: 20\n")
    let repetition = try #require(result.systems.first?.repetitions.first)
    #expect(try #require(repetition.counters["failed_allocations"]) > 0)
    #expect(try #require(repetition.counters["low_watermark_crossings"]) > 0)
    #expect(try #require(repetition.counters["min_watermark_crossings"]) > 0)
    for sample in repetition.samples {
      #expect(sample.heldBytes <= 64 << 20)
      #expect(sample.liveBytes <= sample.heldBytes)
    }
  }

  @Test("a trace that frees everything gives back every block")
  func allFreed() throws {
    var trace = churnTrace(events: 5000, seed: 5)
    var live: [UInt32: Bool] = [:]
    for record in trace.records {
      switch record.operation {
      case .free, .unmap: live[record.slot] = nil
      case .map, .remap: live[record.slot] = true
      default: live[record.slot] = false
      }
    }
    for (slot, isMap) in live.sorted(by: { $0.key < $1.key }) {
      trace.records.append(HeapRecord(isMap ? .unmap : .free, slot: slot, timeNs: trace.spanNs))
    }
    let result = try run(trace, "machine: 2GiB\nsamples: 1\n")
    let sample = try #require(result.systems.first?.repetitions.first?.samples.last)
    #expect(sample.liveBytes == 0)
    #expect(sample.heldBytes == 0)
    #expect(sample.freeAreas?.blocks == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 512])
    #expect(sample.freeHugeBlocks == 1024)
    #expect(sample.freeGiganticBlocks == 2)
    #expect(sample.usedBlocks == 0)
    #expect(sample.liveBlocks == nil)
  }

  @Test("same seed, same bytes; another seed, another result")
  func deterministic() throws {
    let trace = churnTrace(events: 10_000, seed: 6)
    let yaml = "machine: 2GiB\ninstances: 3\nrepetitions: 2\nsamples: 10\n"
    let first = try run(trace, yaml).deterministic
    let second = try run(trace, yaml).deterministic
    let other = try run(trace, yaml + "seed: 2\n").deterministic
    #expect(first == second)
    #expect(first.systems[0].repetitions[0].samples != other.systems[0].repetitions[0].samples)
    #expect(first.systems[0].repetitions[1].samples == other.systems[0].repetitions[0].samples)
  }
}
