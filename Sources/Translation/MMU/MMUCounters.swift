public import MemoryUnits

/// What an MMU did so far.
public struct MMUCounters: Hashable, Sendable {
  /// Lookups of one TLB: `hits + misses`.
  public struct TLB: Hashable, Sendable {
    /// Lookups that found an entry for the access, or one that forbade it.
    public var hits = 0
    /// Lookups that found none, or one whose D a write had yet to set.
    public var misses = 0

    public var lookups: Int { hits + misses }

    /// - Parameter more: misses that are counted elsewhere.
    init(_ store: borrowing PrefixStore, more: Int = 0) {
      hits = store.hits
      misses = store.misses + more
    }
  }

  public var l1Data: TLB
  public var l1Instruction: TLB
  /// Of data, or of both.
  public var l2Data: TLB
  /// Of instructions alone, where the geometry has such.
  public var l2Instruction: TLB
  /// Walks begun, those that ended in a fault included.
  public var walks: Int
  /// Entries that walks read from the tables.
  public var walkReads: Int
  /// Walks that began at a cached entry instead of cr3.
  public var walkCacheHits: Int
  /// Entries in which a walk set A.
  public var accessedSets: Int
  /// Leaves in which a write set D.
  public var dirtySets: Int
}

extension MMU {
  public var counters: MMUCounters { unsafe state.pointee.counters }

  /// Visits every valid entry of every TLB.
  public func forEachEntry(_ body: (TLBEntry) -> Void) {
    unsafe state.pointee.data.forEach(body)
    unsafe state.pointee.instruction.forEach(body)
    unsafe state.pointee.second.forEach(body)
    unsafe state.pointee.secondInstruction.forEach(body)
  }

  /// Visits every valid entry of the walk caches: the ASID, and the frame of the table to which it
  /// leads.
  public func forEachCachedTable(_ body: (_ asid: UInt16, _ table: FrameNumber) -> Void) {
    let slots = unsafe state.pointee.walker.caches.store.slotCount
    for slot in 0..<slots {
      let entry = unsafe state.pointee.walker.caches.store.entry(slot)
      guard entry.isValid else { continue }
      body(
        UInt16(entry.key >> PrefixStore.asidShift),
        FrameNumber(rawValue: UInt32(truncatingIfNeeded: entry.word >> 12)))
    }
  }
}

extension MMUState {
  var counters: MMUCounters {
    MMUCounters(
      l1Data: MMUCounters.TLB(data, more: walker.known + second.quickHits),
      l1Instruction: MMUCounters.TLB(instruction),
      l2Data: MMUCounters.TLB(second, more: walker.known),
      l2Instruction: MMUCounters.TLB(secondInstruction), walks: walker.walks + walker.known,
      walkReads: walker.reads + walker.known, walkCacheHits: walker.cacheHits + walker.known,
      accessedSets: walker.accessedSets, dirtySets: walker.dirtySets)
  }
}

extension PrefixStore {
  func forEach(_ body: (TLBEntry) -> Void) {
    for slot in 0..<store.slotCount where store.entry(slot).isValid {
      body(TLBEntry(store.entry(slot)))
    }
  }
}
