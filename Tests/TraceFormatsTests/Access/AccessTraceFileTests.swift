import Foundation
import MemoryUnits
import Testing
import TraceFormats

@Suite("Recordings of memory references in files")
struct AccessTraceFileTests {
  static let long = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] == "1"

  @Test(
    "What is written is read back, reference for reference, at every border of batches and blocks",
    arguments: [0, 1, 7, 8, 1023, 1024, 1025, 131_071, 131_072, 131_073, 400_000])
  func roundTrip(count: Int) throws {
    let file = try TemporaryFile("")
    let records = randomAccesses(seed: 21, count: count)
    try writeAccesses(records, to: file.path)
    let reading = try AccessReading(path: file.path)
    #expect(reading.records == records)
    #expect(reading.isSealed)
    #expect(reading.caveats.isEmpty)
  }

  @Test("Blocks of any length are read back, each on its own")
  func shortBlocks() throws {
    let file = try TemporaryFile("")
    for seed in UInt64(1)...(Self.long ? 2000 : 100) {
      var generator = SplitMix64(seed: seed)
      let records = randomAccesses(
        seed: seed, count: Int(generator.next(upperBound: 1 << generator.next(upperBound: 14))))
      let blocks = (0..<4).map { _ in
        Int(1 + generator.next(upperBound: 1 << generator.next(upperBound: 12)))
      }
      try writeAccesses(records, to: file.path, blocks: blocks)
      #expect(try AccessReading(path: file.path).records == records, "seed \(seed)")
    }
  }

  @Test("Each distance, kind and size survives, alone in its block and among others")
  func everyWidth() throws {
    let file = try TemporaryFile("")
    var records: [AccessRecord] = []
    for kind in AccessRecord.Kind.allCases {
      for shift in UInt64(0)..<64 {
        let power: UInt64 = 1 << shift
        for address in [power, 0 &- power, power &- 1, ~power] {
          records.append(AccessRecord(kind, address: address, size: 8))
        }
      }
      for size in 1...AccessRecord.largestSize {
        records.append(AccessRecord(kind, address: .max, size: size))
      }
    }
    for length in [Int.max, 1] {
      try writeAccesses(records, to: file.path, blocks: [length])
      #expect(try AccessReading(path: file.path).records == records)
    }
  }

  @Test("A file cut at any byte gives what came before the cut, and says so")
  func truncation() throws {
    let file = try TemporaryFile("")
    let records = randomAccesses(seed: 22, count: 700)
    let blocks = [1, 2, 7, 8, 9, 100, 250]
    try writeAccesses(records, to: file.path, blocks: blocks)
    let whole = try Data(contentsOf: URL(filePath: file.path))
    var lengths = Set<Int>()
    for cut in 0..<whole.count {
      try whole[..<cut].write(to: URL(filePath: file.path))
      do {
        let reading = try AccessReading(path: file.path)
        #expect(reading.records[...] == records[..<reading.records.count], "cut at \(cut)")
        #expect(reading.caveats.last?.contains("missing") == true, "cut at \(cut)")
        #expect(!reading.isSealed, "cut at \(cut)")
        lengths.insert(reading.records.count)
      } catch let error as TraceError {
        #expect(error.path == file.path && error.description.contains("expected"), "cut at \(cut)")
        #expect(!error.description.contains("\n"))
        lengths.insert(-1)
      }
    }
    // Nothing at all, the blocks of the list, then more of 250.
    #expect(lengths == [-1, 0, 1, 3, 10, 18, 27, 127, 377, 627, 700])
  }

  @Test("A flipped bit is found: an error, or a shorter recording that says so")
  func flippedBits() throws {
    let file = try TemporaryFile("")
    let records = randomAccesses(seed: 23, count: 2000)
    try writeAccesses(records, to: file.path, blocks: [300])
    let whole = try Data(contentsOf: URL(filePath: file.path))
    var generator = SplitMix64(seed: 24)
    for _ in 0..<(Self.long ? 20_000 : 500) {
      let bit = Int(generator.next(upperBound: UInt64(whole.count) * 8))
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      try damaged.write(to: URL(filePath: file.path))
      do {
        let reading = try AccessReading(path: file.path)
        #expect(reading.caveats.last?.contains("missing") == true, "seed 24, bit \(bit)")
        #expect(
          reading.records[...] == records[..<reading.records.count], "seed 24, bit \(bit)")
      } catch {
        #expect(error is TraceError, "seed 24, bit \(bit)")
      }
    }
  }

  @Test("A block that was taken out is missed")
  func missingBlock() throws {
    let file = try TemporaryFile("")
    let records = randomAccesses(seed: 25, count: 90)
    try writeAccesses(records, to: file.path, blocks: [30])
    let whole = try Data(contentsOf: URL(filePath: file.path))
    let starts = blockStarts(whole)
    // The blocks are: metadata, three of references, end.
    try #require(starts.count == 5)
    for removed in 1...3 {
      let end = starts[removed + 1]
      try (whole[..<starts[removed]] + whole[end...]).write(to: URL(filePath: file.path))
      if removed == 1 {
        let error = #expect(throws: TraceError.self) { try AccessReading(path: file.path) }
        #expect(error?.message.contains("blocks are missing before this one") == true)
      } else {
        let reading = try AccessReading(path: file.path)
        #expect(reading.records[...] == records[..<(30 * (removed - 1))])
        #expect(!reading.isSealed)
        #expect(reading.caveats.last?.contains("missing") == true)
      }
    }
  }

  @Test("Files that are no recording of references are refused in one line")
  func foreignFiles() throws {
    var generator = SplitMix64(seed: 26)
    for size in [0, 1, 7, 31, 32, 33, 100, 5000] {
      let file = try TemporaryFile(
        Data((0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next()) }))
      let error = #expect(throws: TraceError.self) { try AccessReading(path: file.path) }
      #expect(error?.description.contains("expected") == true, "\(size) bytes")
      #expect(error?.description.contains("\n") == false)
    }
    let heap = try TemporaryFile("")
    try randomHeapTrace(seed: 1, records: 10).write(to: heap.path)
    let error = #expect(throws: TraceError.self) { try AccessReading(path: heap.path) }
    #expect(error?.description.hasSuffix("a recording of another kind: expected access") == true)
    #expect(try TraceKind.of(path: heap.path) == .heap)
  }

  @Test("A reference without a size is not written, nor one that is larger than a page")
  func unwritable() throws {
    let file = try TemporaryFile("")
    for size in [0, AccessRecord.largestSize + 1, .max] {
      var writer = try AccessTraceWriter(path: file.path, origin: "test")
      let error = #expect(throws: TraceError.self) {
        try writer.append([
          AccessRecord(.load, address: 0, size: 1), AccessRecord(.load, address: 0, size: size),
        ])
      }
      #expect(error?.place == "reference 1")
      writer.discard()
      #expect(!FileManager.default.fileExists(atPath: file.path + ".partial"))
    }
  }

  @Test("A recording that still grows can be read up to its last whole block")
  func growing() throws {
    let file = try TemporaryFile("")
    let records = randomAccesses(seed: 27, count: 500)
    var writer = try AccessTraceWriter(path: file.path, origin: "test")
    try writer.append(Array(records[..<300]))
    try writer.flush()
    try writer.append(Array(records[300...]))
    let reading = try AccessReading(path: file.path + ".partial")
    #expect(reading.records == Array(records[..<300]))
    #expect(reading.caveats.last?.contains("not sealed") == true)
    try writer.seal()
    #expect(try AccessReading(path: file.path).records == records)
  }

  /// Where the blocks of a sound file begin.
  private func blockStarts(_ data: Data) -> [Int] {
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
