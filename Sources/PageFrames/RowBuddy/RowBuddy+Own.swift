public import MemoryUnits

/// Blocks come into a slot by a compare-exchange of the owner flag and leave it by one addition.
extension RowBuddy {
  /// Makes `block` the slot's, if nobody owns it, it is handed out in frames, and its lane is still
  /// what `admits` wants; the slot must be without a block.
  @inlinable
  func own(
    _ block: Int, _ slot: RowSlot, classIndex: Int?, _ admits: (Lane) -> Bool
  ) -> Bool {
    while true {
      let pair = pairWord(block)
      let lane = Lane(pair, block)
      guard lane.isOwnable, admits(lane) else { return false }
      var owned = Lane(bits: lane.bits & ~Lane.runlessMask | Lane.ownedBit)
      if let classIndex { owned = owned.with(classIndex: classIndex) }
      if exchangePair(block, pair, owned.replacing(in: pair, block)) {
        hold(block, slot)
        return true
      }
    }
  }

  /// Writes down an owned block as the slot's.
  @inlinable
  func hold(_ block: Int, _ slot: RowSlot) {
    slot.taken = 0
    // Searches begin with the row behind the current one: with the first.
    point(slot, to: block &<< 3 | 7)
  }

  /// Makes another row of the slot's block the current one.
  @inlinable
  func turn(_ slot: RowSlot, to row: Int) {
    let old = slot.row
    guard old != row else { return }
    slot.store(old & 7, slot.current)
    slot.current = slot.load(row & 7)
    slot.store(row & 7, 0)
    point(slot, to: row)
  }

  @inlinable
  func point(_ slot: RowSlot, to row: Int) {
    slot.row = row
    slot.starts = 0
    let frame = base &+ row &<< 6
    slot.firstFrame = frame
    let offset = frame &- range.start.index
    slot.firstFreeable = offset >= 0 && offset &+ 64 <= range.count ? frame : -1
    slot.rowAddress = unsafe UInt(bitPattern: words + (layout.rows &+ row))
  }

  /// Puts the frames in the slot's hands back into their rows, gives the block up, and adds it to its
  /// set. Nothing without a block.
  @inlinable
  func giveUp(_ slot: RowSlot, _ hands: RowCore) {
    let block = slot.block
    guard block >= 0 else { return }
    var back = 0
    for row in block &<< 3..<(block &<< 3) &+ 8 {
      let bits = slot[row]
      guard bits != 0 else { continue }
      slot[row] = 0
      put(bits, inRow: row)
      back &+= bits.nonzeroBitCount
    }
    let delta = back &- slot.taken
    slot.empty()
    hands.gathered &-= back
    let old = add(delta &- Int(Lane.ownedBit), toLane: block)
    list(block, Lane(bits: UInt32(truncatingIfNeeded: Int(old.bits) &+ delta) & ~Lane.ownedBit))
  }
}
