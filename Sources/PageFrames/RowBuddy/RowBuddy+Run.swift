public import MemoryUnits

/// Orders 1-8: aligned runs of frames in one row (up to order 6), two or four whole rows.
extension RowBuddy {
  @inlinable
  @inline(__always)
  func allocateRun(_ order: Int, _ classIndex: Int, _ hands: RowCore) -> Int {
    let slot = hands.slot(RowLayout.classes &+ classIndex)
    let starts = slot.starts
    if starts != 0, slot.startOrder == order { return popRun(order, starts, slot) }
    return refillRun(slot, order, classIndex, hands)
  }

  /// The first frames of the aligned runs of 2^order ones, order 0-6.
  @inlinable
  @inline(__always)
  static func runs(of order: Int, in bits: UInt64) -> UInt64 {
    var runs = bits
    if order >= 1 { runs &= (runs &>> 1) & 0x5555_5555_5555_5555 }
    if order >= 2 { runs &= (runs &>> 2) & 0x1111_1111_1111_1111 }
    if order >= 3 { runs &= (runs &>> 4) & 0x0101_0101_0101_0101 }
    if order >= 4 { runs &= (runs &>> 8) & 0x0001_0001_0001_0001 }
    if order >= 5 { runs &= (runs &>> 16) & 0x0000_0001_0000_0001 }
    if order >= 6 { runs &= (runs &>> 32) & 1 }
    return runs
  }

  /// 2^order ones, order 0-6.
  @inlinable
  static func ones(_ order: Int) -> UInt64 {
    UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 1 &<< order)
  }

  /// Hands out the block of order 1-6 at the lowest of `starts` in the current row.
  @inlinable
  @inline(__always)
  func popRun(_ order: Int, _ starts: UInt64, _ slot: RowSlot) -> Int {
    let bit = starts.trailingZeroBitCount
    slot.starts = starts & (starts &- 1)
    let mask = Self.ones(order) &<< UInt64(truncatingIfNeeded: bit)
    slot.current &= ~mask
    guard row(of: slot) & mask == 0 else { doubleFree(slot, mask) }
    return slot.firstFrame &- base &+ bit
  }

  /// A run from the slot's block or the next; -1 when the search found none.
  @inline(never)
  @inlinable
  func refillRun(_ slot: RowSlot, _ order: Int, _ classIndex: Int, _ hands: RowCore) -> Int {
    if order <= 6 {
      let runs = Self.runs(of: order, in: slot.current)
      if runs != 0 { return popFirst(order, runs, slot) }
    }
    var frame = slot.block >= 0 ? takeRun(slot, order, hands) : -1
    while frame < 0 {
      guard findBlockWithRun(slot, order, classIndex, hands) else { return -1 }
      frame = takeRun(slot, order, hands)
    }
    return frame
  }

  /// Hands out the lowest of the runs of the current row, and keeps the others in mind.
  @inlinable
  func popFirst(_ order: Int, _ runs: UInt64, _ slot: RowSlot) -> Int {
    slot.startOrder = order
    return popRun(order, runs, slot)
  }

  /// A run out of the slot's block; -1 when it has none.
  @inlinable
  func takeRun(_ slot: RowSlot, _ order: Int, _ hands: RowCore) -> Int {
    let first = slot.block &<< 3
    if order > 6 { return takeRows(slot, first, 1 &<< (order &- 6), hands) }
    // From the current row on, which is the most likely to have been used up.
    for step in 1...8 {
      let row = first | (slot.row &+ step) & 7
      let bits = slot[row] | self.row(row)
      guard bits != 0, Self.runs(of: order, in: bits) != 0 else { continue }
      gather(row, slot, hands)
      turn(slot, to: row)
      return popFirst(order, Self.runs(of: order, in: slot.current), slot)
    }
    return -1
  }

  /// Takes what the row has into the slot's hands.
  @inlinable
  func gather(_ row: Int, _ slot: RowSlot, _ hands: RowCore) {
    guard self.row(row) != 0 else { return }
    let bits = takeRow(row)
    guard bits & slot[row] == 0 else { doubleFree(row, bits & slot[row]) }
    slot.taken &+= bits.nonzeroBitCount
    hands.gathered &+= bits.nonzeroBitCount
    slot[row] |= bits
  }

  /// `count` aligned rows, all free; -1 when the block has none. Nobody but the owner takes bits out,
  /// so rows that were seen free stay so.
  @inlinable
  func takeRows(_ slot: RowSlot, _ first: Int, _ count: Int, _ hands: RowCore) -> Int {
    for start in stride(from: first, to: first &+ 8, by: count) {
      var all = UInt64.max
      for row in start..<start &+ count { all &= slot[row] | self.row(row) }
      guard all == UInt64.max else { continue }
      slot.starts = 0
      for row in start..<start &+ count {
        gather(row, slot, hands)
        slot[row] = 0
        let shared = self.row(row)
        guard shared == 0 else { doubleFree(row, shared) }
      }
      return start &<< 6
    }
    return -1
  }

  /// How many blocks of a set are looked into before the search goes on to emptier ones. What it
  /// misses, the search everywhere finds.
  @inlinable
  static var tries: Int { 4 }

  /// Gives the slot another block that seems to have a run: the fullest of its class among a few,
  /// else an empty one, else one of another class.
  @inlinable
  func findBlockWithRun(
    _ slot: RowSlot, _ order: Int, _ classIndex: Int, _ hands: RowCore
  ) -> Bool {
    giveUp(slot, hands)
    let lowest = Self.bucket(1 &<< order)
    for bucket in lowest..<RowLayout.buckets
    where takeWithRun(from: RowLayout.tree(classIndex, bucket), slot, order, classIndex, hands) {
      return true
    }
    if holdEmptyBlock(slot, classIndex, hands) { return true }
    for bucket in (lowest..<RowLayout.buckets).reversed() {
      for other in 0..<RowLayout.classes where other != classIndex {
        if takeWithRun(from: RowLayout.tree(other, bucket), slot, order, classIndex, hands) {
          return true
        }
      }
    }
    return false
  }

  @inlinable
  func takeWithRun(
    from index: Int, _ slot: RowSlot, _ order: Int, _ classIndex: Int, _ hands: RowCore
  ) -> Bool {
    let entering = classIndex == Int(FrameClass.movable.rawValue) ? nil : classIndex
    var start = hands.searchStart
    for _ in 0..<Self.tries {
      let block = tree(index).find(from: start)
      guard block >= 0 else { return false }
      if !hasRun(block, order) {
        start = block &+ 1
      } else if own(block, slot, classIndex: entering, { Self.tree(of: $0) == index }) {
        tree(index).remove(block)
        return true
      } else {
        unlist(block, from: index)
      }
    }
    return false
  }

  /// Whether the rows of a block, as they are now, have an aligned run of free frames, orders 0-8.
  @inlinable
  func hasRun(_ block: Int, _ order: Int) -> Bool {
    let first = block &<< 3
    if order <= 6 {
      for row in first..<first &+ 8 where Self.runs(of: order, in: self.row(row)) != 0 {
        return true
      }
      return false
    }
    let count = 1 &<< (order &- 6)
    for start in stride(from: first, to: first &+ 8, by: count) {
      var all = UInt64.max
      for row in start..<start &+ count { all &= self.row(row) }
      if all == UInt64.max { return true }
    }
    return false
  }
}
