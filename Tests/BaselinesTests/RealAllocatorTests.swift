import Baselines
import Foundation
import LinuxHost
import Results
import Testing
import TraceFormats

@Suite("Real allocators in child processes")
struct RealAllocatorTests {
  /// Those that are installed here; glibc always is.
  static let installed = RealAllocator.all.filter {
    (try? RealAllocatorSystem($0, driver: Driver.path)) != nil
  }

  @Test(
    "every installed allocator runs a recording and keeps every object's content",
    arguments: installed)
  func verified(allocator: RealAllocator) throws {
    var system = try RealAllocatorSystem(allocator, driver: Driver.path)
    system.verifies = true
    let trace = syntheticTrace(seed: 31, records: 30_000, threads: 6)
    let schedule = HeapSchedule(spanNs: trace.spanNs, instances: 1, seed: 1, samples: 10)
    let recording = try RealAllocatorRecording(trace, schedule: schedule, touch: .all)
    var fractions: [Double] = []
    let result = try system.measure(
      recording, schedule: schedule, seed: 31, progress: { fractions.append($0) })
    #expect(result.seed == 31)
    #expect(result.samples.map(\.timeNs) == schedule.sampleTimesNs)
    #expect(
      result.samples.map(\.liveBytes) == schedule.sampleTimesNs.map { trace.liveBytes(at: $0) })
    for sample in result.samples {
      // All of every object is written, so it is resident.
      #expect(sample.heldBytes >= sample.liveBytes * 9 / 10)
      let blocks = try #require(sample.liveBlocks)
      #expect(blocks >= sample.liveBytes >> 21)
      #expect(sample.anonHugeBytes != nil && sample.freeAreas == nil)
    }
    #expect(result.counters["records"] == 30_000)
    #expect(result.counters["threads"] == 6)
    #expect(result.counters["failed_allocations"] == 0)
    let timing = try #require(result.timing)
    #expect(timing.records == 30_000 && timing.cpuNs > 0 && timing.wallNs > 0)
    #expect(fractions == fractions.sorted() && fractions.last == 1)
    #expect(!result.statistics.isEmpty)
    for (name, value) in result.statistics { #expect(value >= 0, "\(name)") }
    if let active = result.statistics["jemalloc.stats.active"] {
      #expect(active >= result.statistics["jemalloc.stats.allocated"] ?? .infinity)
    }
  }

  @Test("says which version was measured and what explains the result", arguments: installed)
  func properties(allocator: RealAllocator) throws {
    let system = try RealAllocatorSystem(allocator, driver: Driver.path)
    #expect(system.title.wholeMatch(of: /[a-z]+ \d+\.\d+[.\d]*( with hpa:true)?, real/) != nil)
    let sentences = system.properties(instances: 12)
    #expect(sentences.contains { $0.contains("the 12 instances are the sum") })
    #expect(!system.properties(instances: 1).contains { $0.contains("instances") })
    #expect(
      sentences.contains { $0.contains("cache_oblivious") } == system.title.contains("loc 5.3"))
    #expect(sentences.contains { $0.contains("hpa:true") } == (allocator == .jemallocHPA))
    #expect(sentences.allSatisfy { $0.hasSuffix(".") && !$0.contains("\n") })
  }

  @Test(
    "jemalloc sees the recording's clock: what is freed decays within recorded seconds",
    .enabled(if: installed.contains(.jemalloc), "jemalloc is not installed"))
  func decay() throws {
    // 64 MiB are allocated and freed in the first second; a small object every 10 ms follows for
    // 30 s, on which jemalloc's decay clock ticks.
    var records: [HeapRecord] = []
    for index in 0..<4096 {
      records.append(
        HeapRecord(
          .allocate, slot: UInt32(index), size: 16_384, timeNs: UInt64(index) * 100_000))
    }
    for index in 0..<4096 {
      records.append(
        HeapRecord(.free, slot: UInt32(index), timeNs: 500_000_000 + UInt64(index) * 100_000))
    }
    for index in 0..<3000 {
      let time = 1_000_000_000 + UInt64(index) * 10_000_000
      for _ in 0..<50 {
        records.append(HeapRecord(.allocate, slot: 0, size: 40_000, timeNs: time))
        records.append(HeapRecord(.free, slot: 0, timeNs: time))
      }
    }
    let trace = HeapTrace(
      records: records, slotCount: 4096, threadCount: 1, spanNs: 31_000_000_000, origin: "test")
    let schedule = HeapSchedule(
      spanNs: trace.spanNs, instances: 1, seed: 1, samples: 31)
    let recording = try RealAllocatorRecording(trace, schedule: schedule, touch: .all)
    let system = try RealAllocatorSystem(.jemalloc, driver: Driver.path)
    let held = try system.measure(recording, schedule: schedule, seed: 1).samples.map(\.heldBytes)
    #expect(held[0] > 40 << 20)
    #expect(held[30] < 20 << 20, "\(held)")
  }

  @Test("several instances are the sum of one process")
  func instances() throws {
    let trace = syntheticTrace(seed: 8, records: 20_000, threads: 2)
    let schedule = HeapSchedule(spanNs: trace.spanNs, instances: 4, seed: 3, samples: 12)
    let recording = try RealAllocatorRecording(trace, schedule: schedule, touch: .firstByte)
    let system = try RealAllocatorSystem(.glibc, driver: Driver.path)
    let result = try system.measure(recording, schedule: schedule, seed: 3)
    #expect(result.samples.map(\.timeNs) == schedule.sampleTimesNs)
    #expect(result.counters["records"] == 20_000)
    for sample in result.samples {
      // Within what the live bytes can change between two samples of the pass.
      let truth = schedule.offsetsNs.filter { $0 <= sample.timeNs }
        .map { trace.liveBytes(at: (sample.timeNs - $0) % trace.spanNs) }.reduce(0, +)
      let difference =
        truth > sample.liveBytes ? truth - sample.liveBytes : sample.liveBytes - truth
      #expect(difference < truth / 5 + (4 << 20))
    }
  }

  @Test("what is not installed is reported with what to install")
  func missing() throws {
    let missing = RealAllocator.all.filter { !Self.installed.contains($0) }
    for allocator in missing {
      let error = #expect(throws: RealAllocatorError.self) {
        try RealAllocatorSystem(allocator, driver: Driver.path)
      }
      #expect(error?.reason.contains("is not installed; apt-get install lib") == true)
    }
    let error = #expect(throws: RealAllocatorError.self) {
      try RealAllocatorSystem(.glibc, driver: "/nonexistent/heap-driver")
    }
    #expect(
      error?.description.hasPrefix("glibc: /nonexistent/heap-driver cannot be started") == true)
    let other = #expect(throws: RealAllocatorError.self) {
      try RealAllocatorSystem(.mimalloc, driver: Driver.path, environment: [:])
    }
    #expect(other?.reason == "a process with it runs on glibc; it cannot be preloaded here")
  }

  /// malloc(4242) does something that no allocator should.
  static func faulty(_ fault: String, _ scratch: borrowing Scratch) throws -> RealAllocatorSystem {
    let library = try Driver.library(
      """
      #include <stddef.h>
      #include <stdlib.h>
      #include <signal.h>
      extern void *__libc_malloc(size_t);
      void *malloc(size_t size) { if (size == 4242) { \(fault); } return __libc_malloc(size); }
      """, scratch)
    return try RealAllocatorSystem(
      .glibc, driver: Driver.path, environment: ["LD_PRELOAD": library])
  }

  static let fatal = HeapTrace(
    records: [
      HeapRecord(.allocate, slot: 0, size: 10, timeNs: 1),
      HeapRecord(.allocate, slot: 1, size: 20, timeNs: 2),
      HeapRecord(.allocate, slot: 2, size: 4242, timeNs: 5),
    ], slotCount: 3, threadCount: 1, spanNs: 6, origin: "test")

  @Test(
    "a crash is one line that names the allocator and the place",
    arguments: [
      ("*(volatile int *)0 = 1", "glibc: its process crashed with signal 11, after 2 of 3 records"),
      ("abort()", "glibc: its process crashed with signal 6, after 2 of 3 records"),
      ("raise(SIGKILL)", "glibc: its process was killed, as happens when memory runs out, after"),
      ("_exit(9)", "glibc: its process ended with exit code 9, after 2 of 3 records"),
      ("_exit(0)", "glibc: heap-driver ended early, after 2 of 3 records"),
    ])
  func crash(fault: String, message: String) throws {
    let scratch = try Scratch()
    let system = try Self.faulty("void _exit(int); " + fault, scratch)
    let schedule = HeapSchedule(spanNs: 6, instances: 1, seed: 1, samples: 3)
    let recording = try RealAllocatorRecording(Self.fatal, schedule: schedule, touch: .all)
    let error = #expect(throws: RealAllocatorError.self) {
      try system.measure(recording, schedule: schedule, seed: 1)
    }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
  }

  @Test("a hang is stopped, and an interruption ends a run at once", .timeLimit(.minutes(1)))
  func hang() throws {
    let scratch = try Scratch()
    var system = try Self.faulty("for (;;) ;", scratch)
    system.silenceLimitMs = 500
    let schedule = HeapSchedule(spanNs: 6, instances: 1, seed: 1, samples: 3)
    let recording = try RealAllocatorRecording(Self.fatal, schedule: schedule, touch: .all)
    let error = #expect(throws: RealAllocatorError.self) {
      try system.measure(recording, schedule: schedule, seed: 1)
    }
    #expect(error?.reason == "made no progress for 500 ms after 2 of 3 records; stopped")
    system.silenceLimitMs = 60_000
    #expect(throws: CancellationError.self) {
      try system.measure(recording, schedule: schedule, seed: 1, isInterrupted: { true })
    }
  }
}
