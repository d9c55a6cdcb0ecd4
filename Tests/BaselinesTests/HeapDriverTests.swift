import Foundation
import Testing
import TraceFormats

@Suite("heap-driver against the truth")
struct HeapDriverTests {
  static let hasReadelf = FileManager.default.isExecutableFile(atPath: "/usr/bin/readelf")

  @Test("needs libc alone", .enabled(if: hasReadelf, "readelf is not installed"))
  func libcAlone() throws {
    let outcome = try Driver.run("/usr/bin/readelf", ["-d", Driver.path])
    let needed = outcome.output.split(separator: "\n").filter { $0.contains("(NEEDED)") }
    #expect(needed.count == 1)
    #expect(needed.first?.contains("[libc.so.6]") == true, "\(needed)")
  }

  @Test(
    "applies all operations of one or many threads: contents survive, live bytes are exact",
    arguments: [1, 4, 60])
  func contents(threads: Int) throws {
    let seed = UInt64(100 + threads)
    let trace = syntheticTrace(seed: seed, records: 20_000, threads: threads)
    let times = (1...20).map { trace.spanNs / 20 * $0 }
    let outcome = try Driver.replay(trace, sampleTimesNs: times, verify: true)
    #expect(outcome.code == 0, "seed \(seed): \(outcome.errors)")
    #expect(outcome.values("time_ns") == times)
    #expect(outcome.values("live_bytes") == times.map { trace.liveBytes(at: $0) }, "seed \(seed)")
    #expect(outcome.values("end") == [20_000])
    #expect(outcome.values("failed_allocations") == [0])
    let used = Set(trace.records.map(\.thread)).subtracting([0]).count
    #expect(outcome.values("threads_made") == [UInt64(used)])
  }

  /// Mappings alone: what is resident is known to the page.
  static let mapping = HeapTrace(
    records: [
      HeapRecord(.map, slot: 0, size: 64 << 20, timeNs: 100),
      HeapRecord(.map, slot: 1, size: 1 << 20, timeNs: 200),
      HeapRecord(.remap, slot: 0, size: 96 << 20, timeNs: 300),
      HeapRecord(.unmap, slot: 0, timeNs: 400),
    ], slotCount: 2, threadCount: 1, spanNs: 500, origin: "test")

  static let transparent =
    (try? String(
      contentsOfFile: "/sys/kernel/mm/transparent_hugepage/enabled", encoding: .utf8)) ?? ""

  @Test(
    "counts resident bytes and 2 MiB blocks to the page, for every touch model",
    .enabled(if: !transparent.contains("[always]"), "every mapping gets huge pages here"),
    arguments: [
      (TouchModel.all, [0, 64 << 20, 65 << 20, 97 << 20, 1 << 20]),
      (.firstByte, [0, 4096, 8192, 8192, 4096]),
      (.stride(1 << 20), [0, 64 << 12, 65 << 12, 97 << 12, 1 << 12]),
    ] as [(TouchModel, [UInt64])])
  func resident(touch: TouchModel, expected: [UInt64]) throws {
    let outcome = try Driver.replay(
      Self.mapping, sampleTimesNs: [50, 150, 250, 350, 450], touch: touch)
    // The first line has what the process holds before any event.
    let resident = outcome.values("resident_bytes")
    try #require(resident.count == 6, "\(outcome.errors)")
    #expect(resident[0] == resident[1])
    #expect(resident.dropFirst().map { $0 - resident[0] } == expected)
    let blocks = outcome.values("live_blocks")
    #expect(blocks[0] == 0)
    #expect((32...34).contains(blocks[1]), "\(blocks)")
    #expect((48...51).contains(blocks[3]), "\(blocks)")
    #expect((1...2).contains(blocks[4]), "\(blocks)")
    #expect(outcome.values("anon_huge_bytes") == [0, 0, 0, 0, 0])
  }

  /// Writes down every large malloc: size, thread, and the four clocks.
  static let witness = """
    #define _GNU_SOURCE
    #include <stdio.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>
    extern void *__libc_malloc(size_t);
    void *malloc(size_t size) {
        if (size >= 100000) {
            struct timespec monotonic, real, pause = {5, 0};
            struct timeval day;
            clock_gettime(CLOCK_MONOTONIC, &monotonic);
            nanosleep(&pause, 0);
            clock_gettime(CLOCK_REALTIME, &real);
            gettimeofday(&day, 0);
            char line[200];
            int length = snprintf(line, sizeof line, "%zu %d %lld %lld %lld %lld %lld\\n", size,
                gettid(), monotonic.tv_sec * 1000000000ll + monotonic.tv_nsec,
                real.tv_sec * 1000000000ll + real.tv_nsec,
                day.tv_sec * 1000000ll + day.tv_usec, (long long)time(0),
                (long long)clock());
            write(2, line, length);
        }
        return __libc_malloc(size);
    }
    """

  @Test("keeps the recorded order over threads, and shows the allocator the recording's clock")
  func orderAndClock() throws {
    let scratch = try Scratch()
    let library = try Driver.library(Self.witness, scratch)
    var records: [HeapRecord] = []
    for index in 0..<600 {
      let thread = UInt16(index < 300 ? index * 7 % 5 : index % 3)
      records.append(
        HeapRecord(
          .allocate, slot: UInt32(index), size: UInt64(100_000 + index),
          timeNs: UInt64(index) * 12_345_678, thread: thread))
    }
    let trace = HeapTrace(
      records: records, slotCount: 600, threadCount: 5, spanNs: 8_000_000_000, origin: "test")
    let outcome = try Driver.replay(
      trace, sampleTimesNs: [8_000_000_000], touch: .firstByte, preload: library)
    #expect(outcome.code == 0)
    let seen = outcome.errors.split(separator: "\n").map { line in
      line.split(separator: " ").compactMap { UInt64($0) }
    }
    try #require(seen.count == 600)
    #expect(seen.map { $0[0] } == records.map(\.size))
    var kernelThreads: [UInt16: Set<UInt64>] = [:]
    for (record, line) in zip(records, seen) {
      kernelThreads[record.thread, default: []].insert(line[1])
      let now = 1_000_000_000_000_000 + record.timeNs
      #expect(line[2] == now && line[3] == now)
      #expect(line[4] == now / 1000 && line[6] == now / 1000)
      #expect(line[5] == now / 1_000_000_000)
    }
    #expect(kernelThreads.values.allSatisfy { $0.count == 1 })
    #expect(Set(kernelThreads.values.joined()).count == 5)
  }

  @Test("--verify finds an allocator that hands out the same memory twice, or no zeroes")
  func verify() throws {
    let scratch = try Scratch()
    let library = try Driver.library(
      """
      #include <stddef.h>
      static _Alignas(64) char memory[4096];
      void *malloc(size_t size) { return memory + (size == 64 ? 32 : 0); }
      void free(void *address) {}
      void *calloc(size_t count, size_t size) { memory[5] = 1; return memory; }
      """, scratch)
    func broken(_ records: [HeapRecord]) throws -> String {
      let trace = HeapTrace(
        records: records, slotCount: 2, threadCount: 1, spanNs: 9, origin: "test")
      let outcome = try Driver.replay(trace, sampleTimesNs: [9], preload: library, verify: true)
      #expect(outcome.code == 4)
      return outcome.errors
    }
    #expect(
      try broken([
        HeapRecord(.allocate, slot: 0, size: 100), HeapRecord(.allocate, slot: 1, size: 64),
        HeapRecord(.free, slot: 0),
      ]) == "heap-driver: record 2: the object's content was changed\n")
    #expect(
      try broken([HeapRecord(.allocateZeroed, slot: 0, size: 8)])
        == "heap-driver: record 0: memory that must be zero is not\n")
  }
}
