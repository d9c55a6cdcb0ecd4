import Foundation
import MemoryUnits
import Testing
import TraceFormats

@Suite("Heap traces in files")
struct HeapTraceFileTests {
  /// A folder of the test's own, removed at its end.
  func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "framelab-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  @Test("What is written is read back, record for record", arguments: [0, 1, 65_536, 200_001])
  func roundTrip(count: Int) throws {
    try withFolder { folder in
      let trace = randomHeapTrace(seed: 11, records: count)
      let path = folder.appending(path: "a.fltrace").path
      try trace.write(to: path)
      let read = try HeapTrace.load(path: path)
      #expect(read.records == trace.records)
      #expect(read.slotCount == trace.slotCount)
      #expect(read.threadCount == trace.threadCount)
      #expect(read.spanNs == trace.spanNs)
      #expect(read.residentSamples == trace.residentSamples)
      #expect(read.origin == trace.origin)
      #expect(read.caveats == trace.caveats)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left == ["a.fltrace"])
    }
  }

  @Test("A file cut at any byte gives what came before the cut, and says so")
  func truncation() throws {
    try withFolder { folder in
      let trace = randomHeapTrace(seed: 12, records: 150_000)
      let path = folder.appending(path: "a.fltrace").path
      try trace.write(to: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      var generator = SplitMix64(seed: 13)
      var cuts = Set(blockBoundaries(whole)).union(0..<40)
      while cuts.count < 150 { cuts.insert(Int(generator.next(upperBound: UInt64(whole.count)))) }
      for cut in cuts.sorted() where cut < whole.count {
        try whole[..<cut].write(to: URL(filePath: path))
        guard let read = try? HeapTrace.load(path: path) else { continue }
        #expect(read.records[...] == trace.records[..<read.records.count], "cut at \(cut)")
        #expect(read.caveats.last?.contains("missing") == true, "cut at \(cut)")
      }
    }
  }

  @Test("A flipped bit is found: an error, or a shorter trace that says so")
  func flippedBits() throws {
    let long = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] == "1"
    try withFolder { folder in
      let trace = randomHeapTrace(seed: 14, records: 140_000)
      let path = folder.appending(path: "a.fltrace").path
      try trace.write(to: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      var generator = SplitMix64(seed: 15)
      for _ in 0..<(long ? 2000 : 100) {
        let bit = Int(generator.next(upperBound: UInt64(whole.count) * 8))
        var damaged = whole
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        try damaged.write(to: URL(filePath: path))
        do {
          let read = try HeapTrace.load(path: path)
          #expect(read.caveats.last?.contains("missing") == true, "seed 15, bit \(bit)")
          #expect(
            read.records[...] == trace.records[..<read.records.count], "seed 15, bit \(bit)")
        } catch {
          #expect(error is TraceError, "seed 15, bit \(bit)")
        }
      }
    }
  }

  @Test("Files that are no recording are refused in one line that says what was expected")
  func foreignFiles() throws {
    try withFolder { folder in
      var generator = SplitMix64(seed: 16)
      let path = folder.appending(path: "garbage").path
      for size in [0, 1, 7, 31, 32, 33, 100, 5000] {
        let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        try Data(bytes).write(to: URL(filePath: path))
        let error = #expect(throws: TraceError.self) { try HeapTrace.load(path: path) }
        #expect(error?.description.contains("expected") == true, "\(size) bytes")
        #expect(error?.description.contains("\n") == false)
      }
      #expect(throws: TraceError.self) { try HeapTrace.load(path: folder.path) }
      #expect(throws: TraceError.self) {
        try HeapTrace.load(path: folder.appending(path: "none").path)
      }
    }
  }

  @Test("A record that goes back in time is not written, and no half file stays")
  func unwritable() throws {
    try withFolder { folder in
      var trace = randomHeapTrace(seed: 17, records: 10)
      trace.records.swapAt(0, 9)
      let path = folder.appending(path: "a.fltrace").path
      #expect(throws: TraceError.self) { try trace.write(to: path) }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.isEmpty)
    }
  }

  /// Where the blocks of a sound file begin.
  private func blockBoundaries(_ data: Data) -> [Int] {
    var starts: [Int] = []
    var offset = 32
    while offset + 40 <= data.count {
      starts.append(offset)
      let field = data[(offset + 16)..<(offset + 20)]
      offset += 40 + field.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    return starts
  }
}
