import Baselines
import Foundation
import Fragmentation
import MemoryUnits
import Results
import Testing
import TraceFormats

@Suite struct JemallocHostTests {
  private static func json(_ repetition: Repetition) throws -> String {
    var repetition = repetition
    repetition.timing = nil
    return String(decoding: try StableJSON.encode(repetition), as: UTF8.self)
  }

  @Test(arguments: [true, false])
  func equalRequestsGiveEqualRepetitions(retain: Bool) throws {
    let trace = HostFixture.churn(records: 60_000, seed: 11)
    // Arenas are destroyed and made anew here: three instances, each through at least two passes.
    let runs = try (0..<3).map { _ in
      try Self.json(HostFixture.run(trace, retain: retain) { $0.instances = 3 })
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0] == runs[2])
  }

  @Test func liveBytesAreTheRecordings() throws {
    let trace = HostFixture.churn(records: 20_000, seed: 5)
    let repetition = try HostFixture.run(trace) { $0.touch = "all" }
    var sizes: [UInt32: UInt64] = [:]
    for record in trace.records {
      if record.operation == .free {
        sizes[record.slot] = nil
      } else {
        sizes[record.slot] = record.size
      }
    }
    let live = sizes.values.reduce(0, +)
    let last = try #require(repetition.samples.last)
    #expect(last.liveBytes == live)
    #expect(last.heldBytes >= live)
    #expect(repetition.counters["records"] == 20_000)
    #expect(repetition.counters["failed_allocations"] == 0)
    // jemalloc's own view of the same objects, rounded up to its classes.
    let allocated = try #require(repetition.statistics["jemalloc.stats.allocated"])
    #expect(allocated >= Double(live))
  }

  @Test func memoryThatWasAgedIsFragmentedFromTheStartAndNotHeld() throws {
    let trace = HostFixture.churn(records: 20_000, seed: 5)
    let plain = try HostFixture.run(trace)
    let aged = try HostFixture.run(trace) {
      $0.age = AgingRequest(.frag, AgingGoal(unusable: 0.8, free: 0.6))
    }
    let first = try #require(aged.samples.first)
    let unusable = try #require(first.freeAreas?.unusableShare(9))
    #expect(abs(unusable - 0.8) < 0.1)
    for (aged, plain) in zip(aged.samples, plain.samples) {
      #expect(aged.liveBytes == plain.liveBytes)
      // The same programs hold about the same, whatever the memory was like.
      #expect(aged.heldBytes < plain.heldBytes + (8 << 20))
      #expect(aged.heldBytes > plain.heldBytes / 2)
    }
  }

  /// Four objects of 4 MiB are freed; afterwards small allocations keep jemalloc busy, either within
  /// the decay time of 10 s or long beyond it.
  @Test(arguments: [(1, false), (40, true)])
  func dirtyPagesDecayByTheRecordingsClock(seconds: UInt64, isPurged: Bool) throws {
    var records: [HeapRecord] = []
    for slot in 0..<4 as Range<UInt32> {
      records.append(HeapRecord(.allocate, slot: slot, size: 4 << 20))
    }
    for slot in 0..<4 as Range<UInt32> { records.append(HeapRecord(.free, slot: slot, timeNs: 1)) }
    let steps: UInt64 = 100_000
    for step in 1...steps {
      let timeNs = seconds * 1_000_000_000 / steps * step
      let slot = UInt32(4 + step % 1000)
      if step > 1000 { records.append(HeapRecord(.free, slot: slot, timeNs: timeNs)) }
      records.append(
        HeapRecord(.allocate, slot: slot, size: 2000 + step % 3000, timeNs: timeNs))
    }
    let trace = HeapTrace(
      records: records, slotCount: 1004, threadCount: 1, spanNs: seconds * 1_000_000_000,
      origin: "test")
    let repetition = try HostFixture.run(trace) { $0.touch = "all" }
    let held = try #require(repetition.samples.last).heldBytes
    // 16 MiB were freed, and what lives now is less than 4 MiB.
    #expect(isPurged ? held < 10 << 20 : held > 16 << 20, "\(held) bytes held after \(seconds) s")
  }

  @Test(arguments: ["list-buddy", "row-buddy", "linux-6.18"])
  func everyTouchedPageIsAFaultOfTheMachine(allocator: String) throws {
    let trace = HeapTrace(
      records: [
        HeapRecord(.map, slot: 0, size: 10 << 20),
        HeapRecord(.map, slot: 1, size: 5 << 20, timeNs: 10),
        HeapRecord(.unmap, slot: 0, timeNs: 40),
      ], slotCount: 2, threadCount: 1, spanNs: 50, origin: "test")
    for (touch, faults) in [("all", 3840), ("first-byte", 2), ("stride:8192", 1920)] {
      let repetition = try HostFixture.run(trace) {
        $0.touch = touch
        $0.allocator = allocator
      }
      let vmstat = try #require(repetition.vmstat)
      #expect(vmstat["pgfault"] == UInt64(faults))
      #expect(vmstat["pages_zeroed"] == UInt64(faults))
      #expect(vmstat["pgmajfault"] == 0)
      #expect(vmstat["pswpout"] == 0)
    }
  }

  @Test func purgesComeAtOnceWithoutDecayTime() throws {
    var records: [HeapRecord] = []
    for slot in 0..<8 as Range<UInt32> {
      records.append(HeapRecord(.allocate, slot: slot, size: 1 << 20))
    }
    for slot in 0..<8 as Range<UInt32> { records.append(HeapRecord(.free, slot: slot)) }
    let trace = HeapTrace(
      records: records, slotCount: 8, threadCount: 1, spanNs: 1000, origin: "test")
    // Without what the kernel has for itself.
    func held(_ options: String) throws -> UInt64 {
      let last = try #require(
        HostFixture.run(trace, options: options) { $0.touch = "all" }.samples.last)
      return try last.heldBytes - #require(last.overheadBytes)
    }
    #expect(try held("dirty_decay_ms:0") == 0)
    #expect(try held("dirty_decay_ms:-1") >= 8 << 20)
  }

  @Test func programsOwnMappingsAreMemoryOfTheirOwn() throws {
    let trace = HeapTrace(
      records: [
        HeapRecord(.map, slot: 0, size: 10 << 20),
        HeapRecord(.remap, slot: 0, size: 30 << 20, timeNs: 20),
        HeapRecord(.unmap, slot: 0, timeNs: 40),
      ], slotCount: 1, threadCount: 1, spanNs: 50, origin: "test")
    let samples = try HostFixture.run(trace) {
      $0.touch = "all"
      $0.samples = 5
    }.samples
    #expect(samples.map(\.liveBytes) == [10 << 20, 30 << 20, 30 << 20, 0, 0])
    #expect(samples.map { $0.heldBytes - ($0.overheadBytes ?? 0) } == samples.map(\.liveBytes))
    #expect(samples.map(\.liveBlocks) == [5, 15, 15, 0, 0])
    // 256 MiB of machine: what is not wholly free is in use, data and page tables alike.
    #expect(samples.map(\.usedBlocks) == samples.map { 128 - ($0.freeHugeBlocks ?? 0) })
    #expect(try #require(samples[1].usedBlocks) >= 15)
  }

  @Test func shortMachinesFailAllocationsAndGoOn() throws {
    let trace = HostFixture.churn(records: 20_000, seed: 3)
    let repetition = try HostFixture.run(trace) {
      $0.touch = "all"
      $0.machineBytes = 16 << 20
    }
    #expect(repetition.counters["failed_allocations"] ?? 0 > 0)
    #expect(repetition.counters["low_watermark_crossings"] ?? 0 > 0)
    #expect(repetition.counters["min_watermark_crossings"] ?? 0 > 0)
    for sample in repetition.samples { #expect(sample.heldBytes <= 16 << 20) }
  }

  @Test func frameMapAgreesWithTheSamples() throws {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appending(path: "framelab-map-\(UUID().uuidString).bin.gz")
    defer { try? FileManager.default.removeItem(at: file) }
    let trace = HostFixture.churn(records: 20_000, seed: 8)
    let repetition = try HostFixture.run(trace) {
      $0.instances = 2
      $0.frameMapPath = file.path
    }
    #expect(repetition.frameMap == file.lastPathComponent)
    let map = try FrameMap(Data(contentsOf: file), path: file.path)
    #expect(map.timesNs == repetition.samples.map(\.timeNs))
    let frames = (256 << 20) >> 12
    var samples = repetition.samples.makeIterator()
    try map.forEachMoment { moment in
      let next = samples.next()
      let sample = try #require(next)
      let free = moment.states.count { $0 == FrameState.free.rawValue }
      // Page tables, kernel stacks and the page of zeros.
      let kernel = moment.states.count {
        [FrameState.pageTable, .unmovable, .reserved].map(\.rawValue).contains($0)
      }
      #expect(UInt64(frames - free) << 12 == sample.heldBytes)
      #expect(UInt64(kernel) << 12 == sample.overheadBytes)
    }
  }

  /// jemalloc trims the tcache of a thread that goes on allocating, as in a process of its own.
  @Test func tcachesAreTrimmedByTheThreadsOwnActivity() throws {
    var records: [HeapRecord] = []
    // Objects of many classes are freed into the tcache.
    for slot in 0..<4000 as Range<UInt32> {
      records.append(HeapRecord(.allocate, slot: slot, size: UInt64(slot) * 3 + 1))
    }
    for slot in 0..<4000 as Range<UInt32> { records.append(HeapRecord(.free, slot: slot)) }
    func cached(afterFurther allocations: Int) throws -> Double {
      var all = records
      for _ in 0..<allocations {
        all.append(HeapRecord(.allocate, slot: 0, size: 4096))
        all.append(HeapRecord(.free, slot: 0))
      }
      let trace = HeapTrace(
        records: all, slotCount: 4000, threadCount: 1, spanNs: 1, origin: "test")
      return try #require(HostFixture.run(trace).statistics["jemalloc.stats.tcache_bytes"])
    }
    let before = try cached(afterFurther: 0)
    let after = try cached(afterFurther: 100_000)
    #expect(before > 200_000)
    #expect(after < before / 4)
  }

  @Test func badRequestsEndWithOneLine() throws {
    let trace = HostFixture.churn(records: 100, seed: 1)
    func message(_ change: (inout JemallocHostRequest) -> Void) -> String {
      do {
        _ = try HostFixture.run(trace, change)
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(message { $0.touch = "some" }.contains("touch is first-byte, all or stride:BYTES"))
    #expect(message { $0.slotCount = 1 }.contains("out of bounds"))
    #expect(message { $0.recordsPath = "/nowhere" }.contains("/nowhere: cannot be opened"))
    #expect(message { $0.instances = 5000 }.contains("1...1024 instances"))
    #expect(message { $0.allocator = "slab" }.contains("row-buddy or a policy"))
  }
}
