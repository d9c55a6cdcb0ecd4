internal import MemoryUnits
internal import PageFrames
internal import Translation

/// Leaves of 2 MiB in the tables of level 1 (Linux's PMD).
///
/// A leaf covers a naturally aligned block of virtual pages that lies in one area. With each leaf a
/// table waits among the `deposits` of its address space, so that splitting the leaf needs no frame.
extension Machine {
  /// Pages of a leaf.
  static var hugePages: Int { 512 }

  static func hugeRange(_ page: Int) -> PageRange {
    PageRange(start: page & ~511, count: hugePages)
  }

  /// The word of the leaf that covers a page; nil without one.
  @inline(__always)
  func hugeSlot(_ space: SpaceID, _ page: Int) -> EntrySlot? {
    spaces[space].hugeLeaves > 0 ? findHugeSlot(space, page) : nil
  }

  private func findHugeSlot(_ space: SpaceID, _ page: Int) -> EntrySlot? {
    guard let place = directorySlot(space, page),
      contents.entry(place.table, place.slot).has(.pageSize)
    else { return nil }
    return place
  }

  /// The word for a block of 2 MiB, if there is a table for it.
  func directorySlot(_ space: SpaceID, _ page: Int) -> EntrySlot? {
    var table = spaces[space].root
    var level = rootLevel
    while level > 1 {
      let entry = contents.entry(table, Self.slot(page, level))
      guard entry.isPresent, !entry.has(.pageSize) else { return nil }
      table = entry.frame
      level &-= 1
    }
    return EntrySlot(table: table, slot: Self.slot(page, 1))
  }

  /// The same, with all tables above that are missing; nil when there is no frame for one.
  mutating func makeDirectorySlot(_ space: SpaceID, _ page: Int) -> EntrySlot? {
    guard let table = makeTable(space, page, at: 1) else { return nil }
    return EntrySlot(table: table, slot: Self.slot(page, 1))
  }

  /// Puts a leaf into an empty word, and with it the table that it may be split into. The folio's
  /// counts are the caller's business.
  mutating func enterHuge(
    _ entry: PageTableEntry, _ space: SpaceID, _ page: Int, _ place: EntrySlot, deposit: FrameNumber
  ) {
    setEntry(entry, at: place)
    spaces[space].deposits.append(deposit)
    spaces[space].hugeLeaves += 1
    elapsed += costs.entry
    note(.entryWritten(page: page & ~511, entry))
  }

  /// Takes a leaf away and returns it; its table goes, its folio's counts are the caller's business.
  mutating func takeHuge(_ space: SpaceID, _ place: EntrySlot) -> PageTableEntry {
    let entry = contents.entry(place.table, place.slot)
    setEntry(.none, at: place)
    spaces[space].hugeLeaves -= 1
    freeTable(withdrawTable(space))
    return entry
  }

  /// A table that nothing refers to yet, for `enterHuge`; nil when there is no frame.
  mutating func makeDeposit(_ space: SpaceID) -> FrameNumber? { makeTable(space) }

  mutating func dropDeposit(_ space: SpaceID, _ table: FrameNumber) {
    spaces[space].tablePages -= 1
    freeTable(table)
  }

  private mutating func withdrawTable(_ space: SpaceID) -> FrameNumber {
    guard let table = spaces[space].deposits.popLast() else {
      fatalError("machine: a huge leaf without a table to split it into")
    }
    spaces[space].tablePages -= 1
    return table
  }

  /// Makes 512 leaves of 4 KiB of the one that covers a page (Linux: __split_huge_pmd): of the same
  /// folio, or of the page of zeros. Nothing without such a leaf.
  mutating func splitHugeLeaf(_ space: SpaceID, _ page: Int) {
    guard let place = hugeSlot(space, page) else { return }
    let leaf = contents.entry(place.table, place.slot)
    let table = withdrawTable(space)
    spaces[space].tablePages += 1
    spaces[space].hugeLeaves -= 1
    var bits = leaf.bits
    bits.remove(.pageSize)
    let isZero = leaf.has(.special)
    if !isZero { bits.insert(.folio) }
    for part in 0..<Self.hugePages {
      let frame = isZero ? zeroFrame : leaf.frame.advanced(by: part)
      contents.setEntry(PageTableEntry(frame, bits), table, part)
    }
    memory.frames.addMappings(Self.hugePages, to: table)
    contents.setEntry(PageTableEntry(table, Self.tableBits), place.table, place.slot)
    if !isZero { memory.frames.splitWhole(leaf.frame) }
    elapsed += costs.entry * UInt64(Self.hugePages)
    counters.thpSplitPmd &+= 1
    flush(space, Self.hugeRange(page))
  }

  /// Splits the leaf around the border between two areas at `page`.
  mutating func splitHugeLeaf(_ space: SpaceID, before page: Int) {
    if page & 511 != 0, spaces[space].hugeLeaves > 0 { splitHugeLeaf(space, page) }
  }

  /// Whether a leaf covers `page` and lies in `range` with all of its pages. One that lies there in part
  /// is split, and there is none any more.
  mutating func wholeHugeSlot(_ space: SpaceID, _ page: Int, _ range: PageRange) -> EntrySlot? {
    guard let place = hugeSlot(space, page) else { return nil }
    let pages = Self.hugeRange(page)
    if pages.start >= range.start, pages.end <= range.end { return place }
    splitHugeLeaf(space, page)
    return nil
  }

  /// Bits of a leaf for a folio whose head is `frame`, or for the huge page of zeros.
  func hugeBits(of area: Area, _ page: Int, frame: FrameNumber, isSpecial: Bool) -> EntryBits {
    var bits = bits(of: area, page, frame: frame, isSpecial: isSpecial)
    bits.insert(.pageSize)
    if isSpecial { bits.insert(.special) }
    return bits
  }
}

extension Machine {
  /// The leaf of 4 KiB that would map a page as the large leaf that covers it does; none without one.
  @inline(never)
  func partOfHuge(_ space: SpaceID, _ page: Int) -> PageTableEntry {
    guard let (place, level) = largeSlot(space, page) else { return .none }
    var part = contents.entry(place.table, place.slot)
    part.clear(.pageSize)
    if !part.has(.special) { part.set(.folio) }
    part.frame = part.frame.advanced(by: page & (1 << (9 * level) - 1))
    return part
  }
}
