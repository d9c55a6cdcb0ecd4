public import MemoryUnits

extension RowBuddy {
  @inlinable
  @inline(__always)
  public func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    let hands = enter(core)
    // A single frame of the current row of the slot that took the last one.
    let slot = hands.slot(hands.lastFreeSlot)
    if order == .base {
      if slot.firstFreeable == frame.index & ~63 {
        keep(1 &<< UInt64(truncatingIfNeeded: frame.index & 63), slot, hands)
      } else {
        freeSingle(frame, hands)
      }
    } else if order < .huge {
      freeElsewhere(frame, order, hands)
    } else {
      freeHuge(frame, order, hands)
    }
    leave(hands)
  }

  /// A single frame of another row. Its calls are its last act: a register that must be saved is a store
  /// that the locked operations wait for.
  @inline(never)
  @inlinable
  func freeSingle(_ frame: FrameNumber, _ hands: RowCore) {
    let offset = frame.index &- range.start.index
    guard UInt(bitPattern: offset) < UInt(bitPattern: range.count) else {
      rowBadFree(frame, .base)
    }
    let start = frame.index &- base
    let block = start &>> 9
    if hands.slot(hands.lastFreeSlot).block == block || hands.lastFreedBlock == block {
      return freeNearby(frame, 0, hands)
    }
    hands.countFree(0)
    share(start, 0, hands)
  }

  /// Orders 1-8.
  @inline(never)
  @inlinable
  func freeElsewhere(_ frame: FrameNumber, _ order: Order, _ hands: RowCore) {
    checkRange(frame, order)
    let start = frame.index &- base
    if order.index > 6 { return freeRows(start, order.index, hands) }
    let current = hands.slot(hands.lastFreeSlot)
    if current.firstFrame == frame.index & ~63 {
      return keepInRow(frame, order.index, current, hands)
    }
    let block = start &>> 9
    if current.block == block || hands.lastFreedBlock == block {
      return freeNearby(frame, order.index, hands)
    }
    hands.countFree(order.index)
    share(start, order.index, hands)
  }

  /// Orders 0-6, into the block of the last free: the core's own, or to become so.
  @inline(never)
  @inlinable
  func freeNearby(_ frame: FrameNumber, _ order: Int, _ hands: RowCore) {
    let start = frame.index &- base
    let block = start &>> 9
    guard hands.slot(hands.lastFreeSlot).block == block || adopt(block, hands) else {
      hands.countFree(order)
      return share(start, order, hands)
    }
    let slot = hands.slot(hands.lastFreeSlot)
    turn(slot, to: start &>> 6)
    keepInRow(frame, order, slot, hands)
  }

  @inlinable
  @inline(__always)
  func checkRange(_ frame: FrameNumber, _ order: Order) {
    let offset = frame.index &- range.start.index
    guard offset >= 0, order.index < Order.allocatorCount,
      offset &+ order.frameCount <= range.count, frame.isAligned(to: order)
    else { rowBadFree(frame, order) }
  }

  /// Takes a freed block of order 0-6 of the slot's current row into the core's hands.
  @inlinable
  @inline(__always)
  func keepInRow(_ frame: FrameNumber, _ order: Int, _ slot: RowSlot, _ hands: RowCore) {
    hands.keptBeyondFirst &+= 1 &<< order &- 1
    keep(Self.ones(order) &<< UInt64(truncatingIfNeeded: frame.index & 63), slot, hands)
  }

  /// Takes freed frames of the slot's current row into the core's hands.
  @inlinable
  @inline(__always)
  func keep(_ mask: UInt64, _ slot: RowSlot, _ hands: RowCore) {
    // Before the first effect: see `knownToHaveNone`.
    hands.keptCalls &+= 1
    let bits = slot.current
    guard (bits | row(of: slot)) & mask == 0 else {
      doubleFree(slot.row, (bits | row(of: slot)) & mask)
    }
    slot.current = bits | mask
    if bits | mask == UInt64.max { filledRow(slot, hands) }
  }

  /// Gives the block that is being freed up as soon as all of it is free.
  @inlinable
  func filledRow(_ slot: RowSlot, _ hands: RowCore) {
    guard hands.lastFreeSlot == RowCore.freeingSlot else { return }
    let first = slot.block &<< 3
    var all = UInt64.max
    for row in first..<first &+ 8 { all &= slot[row] | self.row(row) }
    if all == UInt64.max { giveUp(slot, hands) }
  }

  /// Makes a block that the core frees into for the second time in a row one of its own, so that
  /// further frees cost no atomic operation. False when another core owns it.
  @inline(never)
  @inlinable
  func adopt(_ block: Int, _ hands: RowCore) -> Bool {
    for index in 0..<RowCore.slotCount where hands.slot(index).block == block {
      hands.lastFreeSlot = index
      return true
    }
    hands.lastFreedBlock = -1
    guard lane(block).isOwnable else { return false }
    let slot = hands.slot(RowCore.freeingSlot)
    giveUp(slot, hands)
    guard own(block, slot, classIndex: nil, { _ in true }) else { return false }
    hands.lastFreeSlot = RowCore.freeingSlot
    return true
  }

  /// Puts a freed block of order 0-6 into its row and adds it to the count of its block of 512.
  @inlinable
  @inline(__always)
  func share(_ start: Int, _ order: Int, _ hands: RowCore) {
    let block = start &>> 9
    // An allocated frame keeps its block from becoming huge, so a lane seen small stays so; for a
    // frame that is free already, the row's bit is found set whatever the lane becomes.
    guard lane(block).isSmall else { return freePart(start, order, hands) }
    hands.lastFreedBlock = block
    put(Self.ones(order) &<< UInt64(truncatingIfNeeded: start & 63), inRow: start &>> 6)
    countFreed(1 &<< order, block)
  }

  /// A part, of order 0-6, of a block that was handed out whole.
  @inline(never)
  @inlinable
  func freePart(_ start: Int, _ order: Int, _ hands: RowCore) {
    cutHuge(start &>> 9)
    share(start, order, hands)
  }

  /// Adds to a block's count, and the block to its set when it entered another bucket.
  @inlinable
  @inline(__always)
  func countFreed(_ count: Int, _ block: Int) {
    let old = add(count, toLane: block)
    let before = Int(old.bits & Lane.countMask)
    // Buckets begin at multiples of 32, but for the first, which begins at one.
    if (before ^ (before &+ count)) & ~31 != 0 || before <= Lane.bias
      || old.bits & Lane.runlessMask != 0
    {
      enteredBucket(block, Lane(bits: old.bits &+ UInt32(truncatingIfNeeded: count)))
    }
  }

  @inline(never)
  @inlinable
  func enteredBucket(_ block: Int, _ lane: Lane) {
    if lane.bits & Lane.runlessMask != 0 { forgetRunless(block) }
    list(block, lane)
  }

  /// Orders 7 and 8: two or four whole rows.
  @inlinable
  func freeRows(_ start: Int, _ order: Int, _ hands: RowCore) {
    let block = start &>> 9
    hands.countFree(order)
    if !lane(block).isSmall { cutHuge(block) }
    for row in start &>> 6..<(start &>> 6) &+ (1 &<< (order &- 6)) {
      put(UInt64.max, inRow: row)
    }
    countFreed(1 &<< order, block)
  }
}
