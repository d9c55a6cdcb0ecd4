internal import MemoryUnits

/// A machine of `SmallGeometry`, with the same stores and the same table words as the large one.
///
/// Tables lie in simulated frames, one frame each, and the physical memory in frames behind them. `probe`
/// looks and changes nothing; `load` is what the hardware does: it fills TLB and cache, both with
/// true LRU.
public struct SmallMachine: ~Copyable {
  public let geometry: SmallGeometry
  var tlb: AssociativeStore
  var cache: AssociativeStore
  let cacheSection: StoreSection?
  let tlbSection: StoreSection
  /// Tables in frames 0..<`memoryStart`, then the physical memory.
  var contents: FrameContents
  let memoryStart: Int
  var tableCount = 1

  /// Nothing is mapped, cached, or other than zero.
  ///
  /// - Parameter tableLimit: how many tables there may be.
  public init(_ geometry: SmallGeometry, tableLimit: Int = 64) {
    precondition(
      geometry.levelBits.reduce(0, +) == geometry.pageNumberBits
        && geometry.levelBits.allSatisfy { (1...9).contains($0) },
      "levels of 1 to 9 bits that make up the page number")
    self.geometry = geometry
    tlbSection = StoreSection(firstSlot: 0, sets: geometry.tlbSets, ways: geometry.tlbWays)
    tlb = AssociativeStore(sections: [tlbSection], hints: 1)
    cacheSection = geometry.cache.map {
      StoreSection(firstSlot: 0, sets: $0.sets, ways: $0.ways)
    }
    cache = AssociativeStore(sections: cacheSection.map { [$0] } ?? [], hints: 1)
    memoryStart = tableLimit
    let memoryFrames = max(1, 1 << max(0, geometry.physicalBits - 12))
    contents = FrameContents(frameCount: tableLimit + memoryFrames, keepsData: true)
  }

  /// The table and slot whose word maps a page; nil when an upper level has none.
  private func place(_ vpn: UInt64) -> (table: FrameNumber, slot: Int)? {
    var table = FrameNumber(0)
    var below = geometry.pageNumberBits
    for (level, bits) in geometry.levelBits.enumerated() {
      below -= bits
      let slot = Int(vpn >> UInt64(below)) & ((1 << bits) - 1)
      if level == geometry.levelBits.count - 1 { return (table, slot) }
      let entry = contents.entry(table, slot)
      guard entry.isPresent else { return nil }
      table = entry.frame
    }
    return nil
  }

  /// The word that maps a page.
  public func entry(_ vpn: UInt64) -> PageTableEntry {
    guard let place = place(vpn) else { return .none }
    return contents.entry(place.table, place.slot)
  }

  /// Writes the word that maps a page, with tables above it where they are missing. A change is the
  /// caller's to `invalidate`.
  public mutating func setEntry(_ entry: PageTableEntry, _ vpn: UInt64) {
    var table = FrameNumber(0)
    var below = geometry.pageNumberBits
    for (level, bits) in geometry.levelBits.enumerated() {
      below -= bits
      let slot = Int(vpn >> UInt64(below)) & ((1 << bits) - 1)
      if level == geometry.levelBits.count - 1 {
        contents.setEntry(entry, table, slot)
        return
      }
      if !contents.entry(table, slot).isPresent {
        precondition(tableCount < memoryStart, "no frame left for a table")
        contents.setEntry(
          PageTableEntry(FrameNumber(tableCount), [.present, .writable, .user]), table, slot)
        tableCount += 1
      }
      table = contents.entry(table, slot).frame
    }
  }

  /// Maps a page.
  public mutating func map(_ vpn: UInt64, to ppn: UInt64) {
    setEntry(
      PageTableEntry(FrameNumber(Int(ppn)), [.present, .writable, .user, .accessed]), vpn)
  }

  /// Drops a page from the TLB.
  public mutating func invalidate(_ vpn: UInt64) {
    let slot = tlbSlot(vpn)
    if slot >= 0 { tlb.remove(slot) }
  }

  /// A byte of physical memory.
  public func memory(_ address: UInt64) -> UInt8 {
    contents.byte(at: UInt64(memoryStart) << 12 + address)
  }

  public mutating func setMemory(_ address: UInt64, _ byte: UInt8) {
    contents.setByte(byte, at: UInt64(memoryStart) << 12 + address)
  }
}
