internal import CHardware

extension AssociativeStore {
  /// The valid slot of the row that matches the query; -1 when there is none. Counts as no use.
  ///
  /// - Parameter tag: as it was given to `enter` for what is looked for.
  @inline(__always)
  func find(row: Int, lanes: Int, tag: UInt16, _ query: UInt64) -> Int {
    var first = row
    while true {
      let near = min(row &+ lanes &- first, 64)
      let slot = findNear(row: first, lanes: near, tag: tag, query)
      first &+= 64
      if slot >= 0 || first >= row &+ lanes { return slot }
    }
  }

  /// `find` in up to 64 lanes.
  @inline(__always)
  func findNear(row: Int, lanes: Int, tag: UInt16, _ query: UInt64) -> Int {
    // Rows come from sections and a masked set number, so that they lie within the store.
    var mask = unsafe framelab_matching_lanes(tags + row, Int64(lanes), tag)
    while mask != 0 {
      let slot = row &+ mask.trailingZeroBitCount
      let entry = unsafe entries[slot]
      if entry.isValid && entry.matches(query) { return slot }
      mask &= mask &- 1
    }
    return -1
  }

  /// Counts a hit and makes the slot the most recently used of its row.
  @inlinable
  @inline(__always)
  mutating func use(_ slot: Int) {
    if _fastPath(isLogged) { note(slot) } else { useSlot(slot) }
  }

  @inline(never)
  @usableFromInline
  mutating func useSlot(_ slot: Int) {
    if slot < loggedSlots {
      note(slot)
      return
    }
    ringHits &+= 1
    let row = unsafe Int(rows[slot &>> 3])
    use(way: slot &- row, row: row)
  }

  /// Enters a use into the log.
  @inlinable
  @inline(__always)
  mutating func note(_ slot: Int) {
    let now = clock
    unsafe stamps[slot] = Int16(truncatingIfNeeded: now)
    unsafe log[now] = UInt16(truncatingIfNeeded: slot)
    clock = now &+ 1
    if _slowPath(now == Self.clockEnd &- 1) { rankStamps() }
  }

  /// Makes a way the most recently used of its row, in a ring.
  @inline(__always)
  mutating func use(way: Int, row: Int) {
    let head = unsafe Int(heads[row &>> 3])
    if way == head { return }
    // In bounds: a row's links name ways of the row.
    let newer = unsafe newer + row
    let older = unsafe older + row
    let (before, after) = unsafe (Int(newer[way]), Int(older[way]))
    unsafe older[before] = UInt16(truncatingIfNeeded: after)
    unsafe newer[after] = UInt16(truncatingIfNeeded: before)
    // Read behind these stores: the way may have been the oldest one itself.
    let oldest = unsafe Int(newer[head])
    unsafe older[oldest] = UInt16(truncatingIfNeeded: way)
    unsafe newer[way] = UInt16(truncatingIfNeeded: oldest)
    unsafe older[way] = UInt16(truncatingIfNeeded: head)
    unsafe newer[head] = UInt16(truncatingIfNeeded: way)
    unsafe heads[row &>> 3] = UInt16(truncatingIfNeeded: way)
  }

  /// The slot of the row that a new entry takes: an invalid one, else the least recently used. It is
  /// the most recently used from now on.
  @inline(__always)
  mutating func takeVictim(row: Int) -> Int {
    row < loggedSlots ? takeLogged() : takeOldest(row: row)
  }

  @inline(__always)
  mutating func takeOldest(row: Int) -> Int {
    let head = unsafe Int(heads[row &>> 3])
    let way = unsafe newer[row &+ head]
    unsafe heads[row &>> 3] = way
    return row &+ Int(way)
  }

  @inline(__always)
  mutating func takeLogged() -> Int {
    entered &+= 1
    return oldestLogged()
  }

  /// `takeLogged` but for the count of entries.
  @inline(__always)
  mutating func oldestLogged() -> Int {
    // In bounds: every slot was used at a time that is still in the log, at or behind the head.
    var head = logHead
    var slot = unsafe Int(log[head])
    while unsafe Int(stamps[slot]) != head {
      head &+= 1
      slot = unsafe Int(log[head])
    }
    logHead = head &+ 1
    note(slot)
    return slot
  }

  /// Writes an entry into a slot.
  ///
  /// - Parameter hash: of what the entry is for, as `mayHold` takes it. The hint of that hash names
  ///   the slot from now on.
  @inline(__always)
  mutating func enter(_ slot: Int, tag: UInt16, hash: UInt64, _ entry: StoreEntry) {
    write(slot, tag: tag, entry)
    let hint = unsafe hints + (Int(truncatingIfNeeded: hash) & hintMask)
    unsafe hint.pointee = StoreHint(
      slot: UInt16(truncatingIfNeeded: slot), count: hint.pointee.count &+ 1)
  }

  /// `enter` without hints, for a store that has one hint only.
  @inline(__always)
  mutating func write(_ slot: Int, tag: UInt16, _ entry: StoreEntry) {
    unsafe entries[slot] = entry
    unsafe tags[slot] = tag
  }

  /// The entry of a slot is about to be replaced or removed.
  @inline(__always)
  mutating func leave(hash: UInt64) {
    unsafe hints[Int(truncatingIfNeeded: hash) & hintMask].count &-= 1
  }

  /// The hint of a hash.
  @inline(__always)
  func hint(_ hash: UInt64) -> StoreHint { unsafe hints[Int(truncatingIfNeeded: hash) & hintMask] }

  /// A hint for an entry that is the only one with its hash.
  @inline(__always)
  mutating func predictOnly(_ hash: UInt64, _ slot: Int) {
    unsafe hints[Int(truncatingIfNeeded: hash) & hintMask] = StoreHint(
      slot: UInt16(truncatingIfNeeded: slot), count: 1)
  }

  /// Whether an entry with that hash may be there; false is certain.
  @inlinable
  @inline(__always)
  func mayHold(_ hash: UInt64) -> Bool {
    unsafe hintMask == 0 || hints[Int(truncatingIfNeeded: hash) & hintMask].count != 0
  }

  /// Whether there is surely no entry with that hash in a store with more than one hint.
  @inline(__always)
  func lacks(_ hash: UInt64) -> Bool {
    unsafe hints[Int(truncatingIfNeeded: hash) & hintMask].count == 0
  }

  /// Makes the slot invalid, and the next victim of its row.
  @inline(__always)
  mutating func remove(_ slot: Int) {
    clear(slot)
    sink(slot)
  }

  /// Makes the slot invalid. Until it sinks it keeps its place in the order of use, which matters where
  /// its row has valid entries.
  @inline(__always)
  mutating func clear(_ slot: Int) {
    unsafe entries[slot] = StoreEntry(key: 0, mask: .max, word: 0)
  }

  /// `clear` for a store that is not searched by hints alone.
  @inline(__always)
  mutating func clearWord(_ slot: Int) { unsafe entries[slot].word = 0 }

  /// Makes a cleared slot the next victim of its row.
  mutating func sink(_ slot: Int) {
    if slot < loggedSlots {
      // There is room: a slot that is removed is the next to be entered, which steps over it.
      logHead &-= 1
      unsafe log[logHead] = UInt16(truncatingIfNeeded: slot)
      unsafe stamps[slot] = Int16(truncatingIfNeeded: logHead)
      return
    }
    let row = unsafe Int(rows[slot >> 3])
    use(way: slot - row, row: row)
    // What was used last of all becomes the oldest when the head steps back.
    unsafe heads[row >> 3] = older[slot]
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
