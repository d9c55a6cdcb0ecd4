internal import CHardware

extension AssociativeStore {
  /// The valid slot of the row that matches the query; -1 when there is none. Counts as no use.
  ///
  /// - Parameter tag: as it was given to `enter` for what is looked for.
  @inline(__always)
  func find(row: Int, lanes: Int, tag: UInt16, _ query: UInt64) -> Int {
    // The row lies within the store: rows come from sections and a masked set number.
    let tags = unsafe self.tags + row
    var lane = unsafe framelab_find_lane(tags, 0, Int64(lanes), tag)
    while lane >= 0 {
      let slot = row &+ Int(lane)
      let entry = unsafe entries[slot]
      if entry.isValid && entry.matches(query) { return slot }
      lane = unsafe framelab_find_lane(tags, lane &+ 1, Int64(lanes), tag)
    }
    return -1
  }

  /// Makes the slot the most recently used of its row.
  @inlinable
  @inline(__always)
  mutating func use(_ slot: Int) {
    let now = clock
    unsafe stamps[slot] = Int16(truncatingIfNeeded: now)
    clock = now &+ 1
    if _slowPath(now == Self.lastStamp) { rankStamps() }
  }

  /// The slot of the row that a new entry takes: an invalid one, else the least recently used.
  @inline(__always)
  func victim(row: Int, lanes: Int) -> Int {
    unsafe row &+ Int(framelab_smallest_lane(stamps + row, Int64(lanes)))
  }

  /// Writes an entry and makes it the most recently used.
  @inline(__always)
  mutating func enter(_ slot: Int, tag: UInt16, _ entry: StoreEntry) {
    unsafe entries[slot] = entry
    unsafe tags[slot] = tag
    use(slot)
  }

  /// Makes the slot invalid, and the next victim of its row.
  mutating func remove(_ slot: Int) {
    unsafe entries[slot].word = 0
    unsafe stamps[slot] = Self.invalidStamp
  }

  /// The slot's entry.
  @inlinable
  @inline(__always)
  func entry(_ slot: Int) -> StoreEntry { unsafe entries[slot] }

  /// Where `hash` was found last.
  @inlinable
  @inline(__always)
  func prediction(_ hash: UInt64) -> Int {
    unsafe Int(predictions[Int(truncatingIfNeeded: hash) & predictionMask])
  }

  @inline(__always)
  mutating func predict(_ hash: UInt64, _ slot: Int) {
    unsafe predictions[Int(truncatingIfNeeded: hash) & predictionMask] =
      UInt16(truncatingIfNeeded: slot)
  }

  /// Replaces every stamp by its rank in its row and sets the clock back behind the highest: what was
  /// used before what stays the same. Once in 65,000 uses.
  @inline(never)
  @usableFromInline
  mutating func rankStamps() {
    let used = uses
    var widest = 0
    for section in sections {
      widest = max(widest, section.ways)
      for row in 0..<section.sets {
        let first = section.firstSlot + row * section.lanes
        let slots = first..<first + section.ways
        let sorted = slots.filter { unsafe stamps[$0] != Self.invalidStamp }
          .sorted { unsafe stamps[$0] < stamps[$1] }
        for (rank, slot) in sorted.enumerated() {
          unsafe stamps[slot] = Int16(Self.firstStamp + rank)
        }
      }
    }
    clock = Self.firstStamp + widest
    clockBase = used - clock
  }
}
