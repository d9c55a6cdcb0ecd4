import Foundation
import MemoryUnits
import Testing
import TraceFormats

@Suite("Recordings as the recorder writes them")
struct RecordedTraceTests {
  @Test(
    "One thread with random events equals a plain model, address by address", arguments: [1, 2, 3])
  func model(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var thread = RingWriter(firstStamp: 1000)
    var live: [UInt64: UInt64] = [:]
    var addresses: [UInt64] = []
    var expected: [String] = []
    var stamp: UInt64 = 1000
    while thread.bytes.count < 60_000 {
      stamp += generator.next(upperBound: 1 << generator.next(upperBound: 20))
      let size = generator.next(upperBound: 1 << (1 + generator.next(upperBound: 40)))
      let time = stamp - 1000
      switch generator.next(upperBound: 4) {
      case 0, 1:
        var address: UInt64
        repeat {
          address = 0x7F00_0000_0000 + generator.next(upperBound: 1 << 20) * 8
        } while live[address] != nil
        live[address] = size
        addresses.append(address)
        let shift = UInt8(generator.next(upperBound: 3)) * 6
        thread.append(.allocate, at: stamp, address, size: size, alignmentShift: shift)
        expected.append("\(time) allocate \(size) \(shift)")
      case 2 where !addresses.isEmpty:
        let index = Int(generator.next(upperBound: UInt64(addresses.count)))
        let address = addresses.remove(at: index)
        live[address] = nil
        thread.append(.release, at: stamp, address)
        expected.append("\(time) free 0 0")
      case 3 where !addresses.isEmpty:
        let index = Int(generator.next(upperBound: UInt64(addresses.count)))
        let old = addresses[index]
        live[old] = nil
        var new: UInt64
        repeat {
          new = 0x7F00_0000_0000 + generator.next(upperBound: 1 << 20) * 8
        } while live[new] != nil
        live[new] = size
        addresses[index] = new
        thread.append(.reallocateBegin, at: stamp, old)
        thread.append(.reallocateEnd, at: stamp, new, size: size)
        expected.append("\(time) reallocate \(size) 0")
      default: continue
      }
    }
    let trace = try RecordedFile.load([thread])
    let found = trace.records.map { record in
      "\(record.timeNs) \(record.operation.map { "\($0)" } ?? "?") \(record.size) "
        + "\(record.alignmentShift)"
    }
    #expect(found == expected, "seed \(seed)")
    #expect(trace.caveats == [])
    #expect(HeapTraceSummary(trace).liveEndObjects == live.count, "seed \(seed)")
    #expect(
      HeapTraceSummary(trace).liveEndBytes == live.values.reduce(0, +), "seed \(seed)")
  }

  @Test("Stamps that tie or are a little off between threads are put in the only possible order")
  func impossibleOrders() throws {
    var first = RingWriter(firstStamp: 1000)
    var second = RingWriter(firstStamp: 1000)
    first.append(.allocate, at: 1010, 0x1000, size: 1)
    // The second thread has the memory before the first has given it back, by the stamps.
    second.append(.allocate, at: 1020, 0x1000, size: 2)
    first.append(.release, at: 1030, 0x1000)
    // It frees what the first allocates only later, by the stamps.
    second.append(.release, at: 1040, 0x2000)
    first.append(.allocate, at: 1050, 0x2000, size: 3)
    let trace = try RecordedFile.load([first, second])
    #expect(trace.caveats == [])
    #expect(
      trace.records.map { "\($0.operation.map { "\($0)" } ?? "?") \($0.size) \($0.thread)" } == [
        "allocate 1 0", "free 0 0", "allocate 2 1", "allocate 3 0", "free 0 1",
      ])
    #expect(zip(trace.records, trace.records.dropFirst()).allSatisfy { $0.timeNs <= $1.timeNs })
  }

  @Test("Lost releases, releases of unknown objects and failed reallocs are told, not guessed")
  func lostEvents() throws {
    var thread = RingWriter(firstStamp: 1000)
    thread.append(.allocate, at: 1001, 0x1000, size: 1)
    thread.append(.allocate, at: 1002, 0x1000, size: 2)
    thread.append(.release, at: 1003, 0x9000)
    thread.append(.reallocateBegin, at: 1004, 0x1000)
    thread.append(.reallocateFailed, at: 1005, 0)
    thread.append(.reallocateBegin, at: 1006, 0x1000)
    thread.append(.reallocateEnd, at: 1007, 0)
    let trace = try RecordedFile.load(
      [thread], end: ["lost": "5", "nested": "6", "span_ns": "9000"])
    #expect(
      trace.records.map { $0.operation } == [.allocate, .free, .allocate, .free])
    #expect(trace.spanNs == 9000)
    #expect(trace.caveats.count == 4)
    #expect(trace.caveats.contains { $0.hasPrefix("5 events") })
    #expect(trace.caveats.contains { $0.hasPrefix("6 calls") })
    #expect(trace.caveats.contains { $0.hasPrefix("1 releases") })
    #expect(trace.caveats.contains { $0.hasPrefix("1 addresses") })
  }

  @Test("Any bytes in the ring give events or an end of them, and a readable recording")
  func garbageInTheRing() throws {
    let long = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] == "1"
    for seed in 0..<UInt64(long ? 2000 : 60) {
      var generator = SplitMix64(seed: seed)
      let count = Int(generator.next(upperBound: 3000))
      // Half of the seeds: plausible heads, so that the garbage gets far.
      let bytes = (0..<count + 64).map { index in
        let byte = UInt8(truncatingIfNeeded: generator.next())
        return seed % 2 == 0 || index % 3 != 1 ? byte : byte & 0x24
      }
      let columns = HeapEventColumns()
      _ = columns.append(records: bytes, byteCount: count, firstStamp: generator.next() >> 4)
      let path = FileManager.default.temporaryDirectory.appending(
        path: "framelab-test-\(UUID().uuidString).fltrace"
      ).path
      defer { try? FileManager.default.removeItem(atPath: path) }
      try RecordedFile.write([], to: path)
      var writer = try TraceWriter(path: path, kind: .heap, level: 1)
      let metadata = TraceMetadata([
        "form": "events", "ns_per_unit": "1", "start_stamp": "0", "start_monotonic_ns": "0",
      ])
      try writer.append(
        type: HeapBlockType.metadata.rawValue, count: 0, sections: [metadata.bytes])
      try columns.write(to: &writer, thread: 0)
      try writer.commit()
      do {
        let trace = try HeapTrace.load(path: path)
        // Well formed: the summary of a malformed trace would trap.
        #expect(HeapTraceSummary(trace).liveEndObjects >= 0, "seed \(seed)")
      } catch {
        #expect(error.description.contains("expected"), "seed \(seed): \(error)")
      }
    }
  }

  @Test("A committed recording cut anywhere is a shorter recording")
  func cutRecording() throws {
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Workloads/git-repack.fltrace")
    let whole = try Data(contentsOf: source)
    let complete = try HeapTrace.load(path: source.path)
    #expect(complete.caveats == [])
    let path = FileManager.default.temporaryDirectory.appending(
      path: "framelab-test-\(UUID().uuidString).fltrace"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var generator = SplitMix64(seed: 21)
    var read = 0
    for _ in 0..<40 {
      let cut = Int(generator.next(upperBound: UInt64(whole.count)))
      try whole[..<cut].write(to: URL(filePath: path))
      guard let trace = try? HeapTrace.load(path: path) else { continue }
      read += 1
      #expect(trace.records.count <= complete.records.count, "seed 21, cut at \(cut)")
      #expect(trace.caveats.contains { $0.contains("missing") }, "seed 21, cut at \(cut)")
    }
    #expect(read > 20)
  }

  @Test("A newer version and another clock than described are refused")
  func refused() throws {
    #expect(throws: TraceError.self) {
      try RecordedFile.load([], metadata: ["ns_per_unit": "nan"])
    }
    #expect(throws: TraceError.self) {
      try RecordedFile.load([], metadata: ["start_stamp": "-1"])
    }
  }
}
