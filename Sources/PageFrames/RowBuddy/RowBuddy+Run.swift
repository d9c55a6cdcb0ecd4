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
    // Straight code for each order: the processor guesses the order, and does no step too many.
    if order == 0 { return bits }
    let pairs = bits & (bits &>> 1) & 0x5555_5555_5555_5555
    if order == 1 { return pairs }
    let fours = pairs & (pairs &>> 2) & 0x1111_1111_1111_1111
    if order == 2 { return fours }
    let eights = fours & (fours &>> 4) & 0x0101_0101_0101_0101
    // From here on nearly every row that is not whole is done.
    if order == 3 || eights == 0 { return eights }
    let sixteens = eights & (eights &>> 8) & 0x0001_0001_0001_0001
    if order == 4 { return sixteens }
    let halves = sixteens & (sixteens &>> 16) & 0x0000_0001_0000_0001
    return order == 5 ? halves : halves & (halves &>> 32)
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

  @inlinable
  static var fewLooks: Int { 4 }

  /// Gives the slot another block that has a run: the fullest of its class among a few, else an empty
  /// one. False when it saw none.
  @inlinable
  func findBlockWithRun(
    _ slot: RowSlot, _ order: Int, _ classIndex: Int, _ hands: RowCore
  ) -> Bool {
    giveUp(slot, hands)
    return takeWithRun(ofClass: classIndex, slot, order, classIndex, hands, looks: Self.fewLooks)
      || holdEmptyBlock(slot, classIndex, hands)
  }

  /// The same when that found none: one of its class among many, else one of another class.
  @inlinable
  func findBlockWithRunFarther(
    _ slot: RowSlot, _ order: Int, _ classIndex: Int, _ hands: RowCore
  ) -> Bool {
    takeWithRun(ofClass: classIndex, slot, order, classIndex, hands, looks: 4096)
      || giveUpSpareSlots(slot, classIndex, hands)
        && takeWithRun(ofClass: classIndex, slot, order, classIndex, hands, looks: 4096)
      || takeWithRunOfOthers(slot, order, classIndex, hands, looks: 4096)
  }

  /// A block of one class, from the fullest up, looking into at most `looks` of each set.
  @inlinable
  func takeWithRun(
    ofClass owner: Int, _ slot: RowSlot, _ order: Int, _ classIndex: Int, _ hands: RowCore,
    looks: Int, isStopped: Bool = false
  ) -> Bool {
    for bucket in Self.bucket(1 &<< order)..<RowLayout.buckets
    where takeWithRun(
      from: RowLayout.tree(owner, bucket), slot, order, classIndex, hands, looks: looks,
      isStopped: isStopped)
    { return true }
    return false
  }

  /// A block of another class.
  @inlinable
  func takeWithRunOfOthers(
    _ slot: RowSlot, _ order: Int, _ classIndex: Int, _ hands: RowCore, looks: Int,
    isStopped: Bool = false
  ) -> Bool {
    for other in 0..<RowLayout.classes
    where other != classIndex
      && takeWithRun(
        ofClass: other, slot, order, classIndex, hands, looks: looks,
        isStopped: isStopped)
    { return true }
    return false
  }

  /// A block of a set: all of it is looked into unless `looks` end before. A few looks begin where the
  /// core always begins, which keeps what it has close together; many go on where the last ones
  /// ended. While the world is stopped, lanes note what has no run; nobody may note it otherwise, because a
  /// free could make a run between the look and the note.
  @inline(never)
  @inlinable
  func takeWithRun(
    from index: Int, _ slot: RowSlot, _ order: Int, _ classIndex: Int, _ hands: RowCore, looks: Int,
    isStopped: Bool = false
  ) -> Bool {
    let entering = classIndex == Int(FrameClass.movable.rawValue) ? nil : classIndex
    let goesOn = looks > Self.fewLooks
    let begin = goesOn ? hands.runCursor(classIndex) : hands.searchStart
    let set = tree(index)
    var left = looks
    var start = begin
    var end = layout.blocks
    for _ in 0..<2 {
      while true {
        let first = set.findForward(from: start)
        guard first >= 0, first < end else { break }
        // All members of its word at once: finding costs more than looking.
        var members =
          set.load(0, first &>> 6) & (UInt64.max &<< UInt64(truncatingIfNeeded: first & 63))
        while members != 0 {
          let block = first & ~63 | members.trailingZeroBitCount
          members &= members &- 1
          if left == 0 {
            if goesOn { hands.moveRunCursor(classIndex, to: block) }
            return false
          }
          left &-= 1
          let lane = lane(block)
          if lane.runlessOrder <= order { continue }
          guard hasRun(block, order) else {
            if isStopped, lane.isOwnable { setLane(block, lane.with(runlessOrder: order)) }
            continue
          }
          if own(block, slot, classIndex: entering, { Self.tree(of: $0) == index }) {
            set.remove(block)
            if goesOn { hands.moveRunCursor(classIndex, to: block) }
            return true
          }
          unlist(block, from: index)
        }
        start = (first | 63) &+ 1
      }
      // Round: up to where it began.
      end = begin
      start = 0
    }
    return false
  }

  /// Whether the rows of a block, as they are now, have an aligned run of free frames, orders 0-8.
  @inlinable
  func hasRun(_ block: Int, _ order: Int) -> Bool {
    hasRun(block, order) { self.row($0) }
  }

  /// Whether the block of a slot has one, order 9 included, with what is in the core's hands.
  @inlinable
  func hasRun(_ slot: RowSlot, _ order: Int) -> Bool {
    hasRun(slot.block, order) { self.row($0) | slot[$0] }
  }

  @inlinable
  @inline(__always)
  func hasRun(_ block: Int, _ order: Int, _ bits: (Int) -> UInt64) -> Bool {
    let first = block &<< 3
    if order <= 6 {
      for row in first..<first &+ 8 where Self.runs(of: order, in: bits(row)) != 0 {
        return true
      }
      return false
    }
    let count = 1 &<< (order &- 6)
    for start in stride(from: first, to: first &+ 8, by: count) {
      var all = UInt64.max
      for row in start..<start &+ count { all &= bits(row) }
      if all == UInt64.max { return true }
    }
    return false
  }
}
