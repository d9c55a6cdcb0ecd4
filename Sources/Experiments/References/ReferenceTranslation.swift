internal import LinuxHost
public import MemoryUnits
internal import PageFrames
public import TraceFormats
public import Translation

/// Sends memory references through the MMU of one core and counts what its TLBs and its walker do.
///
/// A page is mapped when it is first touched; the reference faults and is made again, as a program's
/// is. A modify is one translation, for writing. A reference that lies in two pages takes two.
public struct ReferenceTranslation: ~Copyable {
  private let mmu: MMU
  private var tables: DemandTables
  private let geometry: TranslationGeometry
  private var counts = ReferenceCounts()

  /// - Parameter pageSize: 4 KiB or 2 MiB, of every page.
  /// - Throws: when there is no memory for one table.
  public init(
    _ geometry: TranslationGeometry, pageSize: PageSize = .base4KiB,
    memory: ByteCount = ByteCount(64 << 30)
  ) throws(ReferenceError) {
    precondition(pageSize != .gigantic1GiB, "the allocator has no blocks of 1 GiB")
    tables = try DemandTables(levels: geometry.levels, pageSize: pageSize, memory: memory)
    mmu = MMU(geometry)
    mmu.load(root: tables.root)
    self.geometry = geometry
  }

  /// Goes on with all that a source has, or `most` references of it.
  ///
  /// - Throws: what the source throws, and `ReferenceError` when the memory is full.
  public mutating func run(
    _ source: inout some AccessSource & ~Copyable, most: Int = .max
  ) throws {
    let start = ThreadClock.now
    var batch: [AccessRecord] = []
    while counts.references < most, try source.next(&batch) {
      let surplus = batch.count - (most - counts.references)
      if surplus > 0 { batch.removeLast(surplus) }
      try translate(batch)
    }
    counts.processorNs += ThreadClock.now - start
  }

  /// What happened so far.
  public var report: ReferenceReport {
    var counts = counts
    counts.pages = tables.pageCount
    counts.tables = tables.tableCount
    return ReferenceReport(counts: counts, counters: mmu.counters, geometry: geometry)
  }

  private mutating func translate(_ batch: [AccessRecord]) throws(ReferenceError) {
    var index = 0
    var end = Self.crossing(batch, from: 0)
    while index < batch.count {
      let first = index
      var last = Translated(rawValue: 0)
      index += mmu.translate(
        min(end + 1, batch.count) - first, &tables.contents,
        { offset in
          let record = batch[first &+ offset]
          return (record.address, Self.access(record.kind))
        },
        { _, result in last = result })
      let record = batch[index - 1]
      let access = Self.access(record.kind)
      if last.isFault { try fault(record.address, access, last.fault) }
      if index > end {
        try crossing(record.address &+ UInt64(record.size) &- 1, access)
        end = Self.crossing(batch, from: index)
      }
    }
    counts.references += batch.count
  }

  /// The first reference from `start` on that lies in two pages; their count when there is none.
  private static func crossing(_ batch: [AccessRecord], from start: Int) -> Int {
    if start == 0 {
      // All at once: few batches have any.
      var ends: UInt64 = 0
      for record in batch { ends |= record.address & 0xfff &+ UInt64(record.size &- 1) }
      if ends < 4096 { return batch.count }
    }
    var index = start
    while index < batch.count, !isCrossing(batch[index]) { index &+= 1 }
    return index
  }

  /// Whether a reference lies in two pages.
  @inline(__always)
  private static func isCrossing(_ record: AccessRecord) -> Bool {
    let last = record.address &+ UInt64(record.size) &- 1
    return (record.address ^ last) & ~0xfff != 0
  }

  /// Read, write or execute, from a table of four bits per kind: no branch.
  @inline(__always)
  private static func access(_ kind: AccessRecord.Kind) -> Access {
    let all =
      Access.execute.rawValue | Access.read.rawValue << 4 | Access.write.rawValue << 8
      | Access.write.rawValue << 12
    return Access(rawValue: (all &>> (UInt64(kind.rawValue) &* 4)) & 15)
  }

  @inline(never)
  private mutating func crossing(_ last: UInt64, _ access: Access) throws(ReferenceError) {
    counts.crossings += 1
    let translated = mmu.translate(last, access, &tables.contents)
    if translated.isFault { try fault(last, access, translated.fault) }
  }

  @inline(never)
  private mutating func fault(
    _ address: UInt64, _ access: Access, _ code: FaultCode
  ) throws(ReferenceError) {
    if code.contains(.nonCanonical) {
      counts.nonCanonical += 1
      return
    }
    counts.faults += 1
    try tables.map(address)
    let again = mmu.translate(address, access, &tables.contents)
    precondition(!again.isFault, "a page that was just mapped")
  }
}
