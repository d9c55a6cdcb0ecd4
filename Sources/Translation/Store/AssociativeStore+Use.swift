internal import CHardware

extension AssociativeStore {
  /// The valid slot of the row that matches the query; -1 when there is none. Counts as no use.
  ///
  /// - Parameter tag: as it was given to `enter` for what is looked for.
  @inline(__always)
  func find(row: Int, lanes: Int, tag: UInt16, _ query: UInt64) -> Int {
    // Rows come from sections and a masked set number, so that they lie within the store.
    var first = row
    while true {
      var mask = unsafe framelab_matching_lanes(tags + first, Int64(row &+ lanes &- first), tag)
      while mask != 0 {
        let slot = first &+ mask.trailingZeroBitCount
        let entry = unsafe entries[slot]
        if entry.isValid && entry.matches(query) { return slot }
        mask &= mask &- 1
      }
      first &+= 64
      if first >= row &+ lanes { return -1 }
    }
  }

  /// Makes the slot the most recently used of its row.
  @inlinable
  @inline(__always)
  mutating func use(_ slot: Int) {
    let now = clock
    unsafe stamps[slot] = Int16(truncatingIfNeeded: now)
    unsafe log[now] = UInt16(truncatingIfNeeded: slot)
    clock = now &+ 1
    if _slowPath(now == Self.clockEnd &- 1) { rankStamps() }
  }

  /// The slot of the row that a new entry takes: an invalid one, else the least recently used.
  @inline(__always)
  mutating func victim(row: Int, lanes: Int) -> Int {
    if row != loggedRow || vacancies > 0 {
      return unsafe row &+ Int(framelab_smallest_lane(stamps + row, Int64(lanes)))
    }
    while true {
      // In bounds: every slot was used at a time that is still in the log, at or behind the head.
      let slot = unsafe Int(log[logHead])
      if unsafe Int(stamps[slot]) == logHead && isLogged(slot) { return slot }
      logHead &+= 1
    }
  }

  /// Whether the slot lies in the row whose victims are found by the log.
  @inline(__always)
  private func isLogged(_ slot: Int) -> Bool {
    UInt(bitPattern: slot &- loggedRow) < UInt(bitPattern: loggedWays)
  }

  /// Writes an entry into a victim and makes it the most recently used.
  ///
  /// - Parameter hash: of what the entry is for, as `mayHold` takes it.
  @inline(__always)
  mutating func enter(_ slot: Int, tag: UInt16, hash: UInt64, _ entry: StoreEntry) {
    unsafe entries[slot] = entry
    unsafe tags[slot] = tag
    if hintMask > 0 { unsafe hints[Int(truncatingIfNeeded: hash) & hintMask].count &+= 1 }
    use(slot)
  }

  /// An invalid slot is about to be entered.
  @inline(__always)
  mutating func fill(_ slot: Int) {
    if isLogged(slot) { vacancies &-= 1 }
  }

  /// The entry of a slot is about to be replaced or removed.
  @inline(__always)
  mutating func leave(hash: UInt64) {
    if hintMask > 0 { unsafe hints[Int(truncatingIfNeeded: hash) & hintMask].count &-= 1 }
  }

  /// Whether an entry with that hash may be there; false is certain.
  @inline(__always)
  func mayHold(_ hash: UInt64) -> Bool {
    unsafe hintMask == 0 || hints[Int(truncatingIfNeeded: hash) & hintMask].count != 0
  }

  /// Makes the slot invalid, and the next victim of its row.
  mutating func remove(_ slot: Int) {
    unsafe entries[slot].word = 0
    unsafe stamps[slot] = Self.invalidStamp
    if isLogged(slot) { vacancies &+= 1 }
  }

  /// The slot's entry.
  @inlinable
  @inline(__always)
  func entry(_ slot: Int) -> StoreEntry { unsafe entries[slot] }

  /// Where `hash` was found last.
  @inlinable
  @inline(__always)
  func prediction(_ hash: UInt64) -> Int {
    unsafe Int(hints[Int(truncatingIfNeeded: hash) & hintMask].slot)
  }

  @inline(__always)
  mutating func predict(_ hash: UInt64, _ slot: Int) {
    unsafe hints[Int(truncatingIfNeeded: hash) & hintMask].slot = UInt16(truncatingIfNeeded: slot)
  }
}
