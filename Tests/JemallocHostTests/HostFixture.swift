import Baselines
import Foundation
import MemoryUnits
import Results
import TraceFormats

/// Runs the built JemallocHost on traces made here.
///
/// SwiftPM makes one bundle of all tests, and an executable that a test target depends on is linked
/// into it: jemalloc would serve every test. So the executable is found beside the bundle.
enum HostFixture {
  static let executable: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let candidates = [bundle, own].map {
      URL(filePath: $0).deletingLastPathComponent().appending(path: "JemallocHost").path
    }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? candidates[0]
  }()

  /// Runs `trace` as `request` says; the paths and counts of the request are filled in here.
  static func run(
    _ trace: HeapTrace, retain: Bool = true, options: String = "",
    _ change: (inout JemallocHostRequest) -> Void = { _ in }
  ) throws -> Repetition {
    let file = try FlatHeapFile(
      trace, sampleTimesNs: [], touch: .firstByte, folder: NSTemporaryDirectory())
    defer { withExtendedLifetime(file) {} }
    let path = "/proc/\(ProcessInfo.processInfo.processIdentifier)/fd/\(file.descriptor)"
    var request = JemallocHostRequest(
      recordsPath: path, slotCount: trace.slotCount, threadCount: trace.threadCount,
      spanNs: trace.spanNs, machineBytes: 256 << 20, instances: 1, seed: 1, samples: 10,
      touch: "first-byte")
    change(&request)
    return try SimulatedJemalloc(executable: executable, retain: retain, options: options)
      .run(request)
  }

  /// A made-up program: objects of all sizes that live for a while, some resized, on two threads.
  static func churn(records count: Int, seed: UInt64) -> HeapTrace {
    var generator = SplitMix64(seed: seed)
    var records: [HeapRecord] = []
    var live: [UInt32] = []
    var free: [UInt32] = []
    var slots: UInt32 = 0
    for index in 0..<count {
      let thread = UInt16(generator.next(upperBound: 2))
      let timeNs = UInt64(index) * 100_000
      // Sizes from 1 byte to 1 MiB, small ones by far the most.
      let size = 1 + generator.next(upperBound: 1 << generator.next(upperBound: 1 + 20))
      let kind = generator.next(upperBound: 10)
      if kind < 4, !live.isEmpty {
        let chosen = Int(generator.next(upperBound: UInt64(live.count)))
        live.swapAt(chosen, live.count - 1)
        let slot = live.removeLast()
        free.append(slot)
        records.append(HeapRecord(.free, slot: slot, timeNs: timeNs, thread: thread))
      } else if kind < 5, !live.isEmpty {
        let slot = live[Int(generator.next(upperBound: UInt64(live.count)))]
        records.append(
          HeapRecord(.reallocate, slot: slot, size: size, timeNs: timeNs, thread: thread))
      } else {
        let slot = free.popLast() ?? slots
        if slot == slots { slots += 1 }
        live.append(slot)
        records.append(
          HeapRecord(.allocate, slot: slot, size: size, timeNs: timeNs, thread: thread))
      }
    }
    return HeapTrace(
      records: records, slotCount: Int(slots), threadCount: 2,
      spanNs: UInt64(count) * 100_000, origin: "test")
  }
}
