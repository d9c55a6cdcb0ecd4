import Experiments
import Foundation
import MemoryUnits
import Testing
import TraceFormats
import Translation

@Suite("Memory references through an MMU")
struct ReferenceTranslationTests {
  static let recording = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Workloads/access/sort.fltrace").path
  static let long = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] == "1"

  /// Counts by `ReferenceTranslation` and by the plain model, side by side.
  private func compare(
    _ source: inout some AccessSource & ~Copyable, _ geometry: TranslationGeometry, most: Int,
    _ note: String
  ) throws {
    var records: [AccessRecord] = []
    var batch: [AccessRecord] = []
    while records.count < most, try source.next(&batch) { records += batch }
    records.removeLast(max(0, records.count - most))
    var plain = PlainTLB(geometry)
    var crossings = 0
    for record in records {
      let isInstruction = record.kind == .instruction
      let pages = Set([record.address >> 12, (record.address + UInt64(record.size) - 1) >> 12])
      for page in pages.sorted() {
        plain.access(page, write: record.writes, instruction: isInstruction)
      }
      crossings += pages.count - 1
    }
    var replay = Replay(records)
    var translation = try ReferenceTranslation(geometry)
    try translation.run(&replay, most: most)
    let report = translation.report
    #expect(report.counts.references == records.count, "\(note)")
    #expect(report.counts.crossings == crossings, "\(note)")
    #expect(report.counts.faults == plain.faults && report.counts.pages == plain.faults, "\(note)")
    #expect(report.counters.l1Data.hits == plain.data.hits, "\(note)")
    #expect(report.counters.l1Data.misses == plain.data.misses, "\(note)")
    #expect(report.counters.l1Instruction.hits == plain.instruction.hits, "\(note)")
    #expect(report.counters.l1Instruction.misses == plain.instruction.misses, "\(note)")
    #expect(report.counters.l2Data.hits == plain.second.hits, "\(note)")
    #expect(report.counters.l2Data.misses == plain.second.misses, "\(note)")
    #expect(report.counters.walks == plain.walks, "\(note)")
    #expect(report.counters.dirtySets == plain.mapped.values.count { $0 }, "\(note)")
  }

  /// A list as a source.
  struct Replay: AccessSource {
    var records: ArraySlice<AccessRecord>

    init(_ records: [AccessRecord]) { self.records = records[...] }

    mutating func next(_ batch: inout [AccessRecord]) -> Bool {
      batch = Array(records.prefix(700))
      records = records.dropFirst(batch.count)
      return !batch.isEmpty
    }
  }

  @Test(
    "a real program's hits, misses, walks and faults are those of a plain model",
    arguments: TranslationGeometry.presets)
  func real(geometry: TranslationGeometry) throws {
    var reader = try AccessTraceReader(path: Self.recording)
    try compare(&reader, geometry, most: Self.long ? 3_000_000 : 300_000, geometry.name)
  }

  @Test(
    "and so are those of made-up references over more pages than any TLB holds",
    arguments: AccessPattern.allCases)
  func madeUp(pattern: AccessPattern) throws {
    for geometry in TranslationGeometry.presets {
      for bytes in [1 << 18, 1 << 23, 1 << 26] {
        var source = AccessGenerator(
          pattern, bytes: ByteCount(bytes), count: Self.long ? 500_000 : 30_000, seed: 7)
        try compare(&source, geometry, most: .max, "\(geometry.name) \(pattern) \(bytes) seed 7")
      }
    }
  }

  @Test("references in two pages are two translations, wherever they lie in a batch")
  func crossings() throws {
    var random = SplitMix64(seed: 11)
    var records: [AccessRecord] = []
    for index in 0..<(Self.long ? 200_000 : 20_000) {
      // Many cross in some batches, few in others, none in most.
      let isLarge = index / 700 % 3 == 0 && random.next(upperBound: UInt64(1 + index / 700)) < 2
      let kind = AccessRecord.Kind.allCases[Int(random.next(upperBound: 4))]
      records.append(
        AccessRecord(
          kind, address: 0x5000_0000_0000 + random.next(upperBound: 1 << 23) & ~7,
          size: isLarge ? 4096 : 8))
    }
    var source = Replay(records)
    try compare(&source, .zen4, most: .max, "seed 11")
  }

  @Test("large pages need fewer entries; a prefix and its rest are the whole")
  func pageSizes() throws {
    var small = try ReferenceTranslation(.zen4)
    var source = AccessGenerator(.uniform, bytes: ByteCount(64 << 20), count: 50_000, seed: 1)
    try small.run(&source, most: 10_001)
    #expect(small.report.counts.references == 10_001)
    var large = try ReferenceTranslation(.zen4, pageSize: .huge2MiB)
    source = AccessGenerator(.uniform, bytes: ByteCount(64 << 20), count: 50_000, seed: 1)
    try large.run(&source)
    #expect(large.report.counts.references == 50_000)
    #expect(large.report.counts.pages == 32 && large.report.counts.faults == 32)
    // Each of 32 pages is entered at its first touch, and again at its first store.
    #expect(large.report.counters.l1Data.misses <= 3 * 32)
    #expect(small.report.counters.l1Data.misses > 9000)
  }

  @Test("addresses that the processor refuses are counted, and nothing is mapped for them")
  func nonCanonical() throws {
    var source = Replay([
      AccessRecord(.load, address: 0x8000_0000_0000, size: 8),
      AccessRecord(.load, address: 0x7fff_ffff_fffc, size: 8),
      AccessRecord(.store, address: 0xffff_8000_0000_0000, size: 8),
    ])
    var translation = try ReferenceTranslation(.zen4)
    try translation.run(&source)
    #expect(translation.report.counts.nonCanonical == 2)
    #expect(translation.report.counts.pages == 2)
    #expect(translation.report.counts.crossings == 1)
  }

  @Test("a machine that is too small says so")
  func tooSmall() throws {
    var source = AccessGenerator(.sequential, bytes: ByteCount(1 << 20), count: 100_000, seed: 1)
    var translation = try ReferenceTranslation(.zen4, memory: ByteCount(512 << 10))
    let error = #expect(throws: ReferenceError.self) { try translation.run(&source) }
    #expect(error?.description.contains("512KiB is too small") == true)
    #expect(throws: ReferenceError.self) {
      _ = try ReferenceTranslation(.zen4, memory: ByteCount(0))
    }
  }
}
