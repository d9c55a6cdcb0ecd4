public import MemoryUnits

extension RowBuddy {
  @inlinable
  @inline(__always)
  public func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber? {
    let classIndex = Int(frameClass.rawValue)
    let hands = enter(core)
    if order == .base {
      let slot = hands.slot(classIndex)
      let bits = slot.current
      if bits != 0 {
        let frame = pop(bits, slot)
        leave(hands)
        return FrameNumber(rawValue: UInt32(truncatingIfNeeded: frame))
      }
    }
    return order < .huge
      ? allocateElsewhere(order, classIndex, core, hands)
      : allocateHuge(order, classIndex, core, hands)
  }

  /// Orders 0-8 but for a single frame out of the current row; leaves the operation.
  @inline(never)
  @inlinable
  func allocateElsewhere(
    _ order: Order, _ classIndex: Int, _ core: Int, _ hands: RowCore
  ) -> FrameNumber? {
    let frame =
      order == .base
      ? refill(hands.slot(classIndex), classIndex, hands)
      : allocateRun(order.index, classIndex, hands)
    guard frame >= 0 else { return allocateAfterSearchingEverywhere(order, classIndex, core) }
    if order != .base { hands.countAllocation(order) }
    leave(hands)
    return FrameNumber(rawValue: UInt32(truncatingIfNeeded: base &+ frame))
  }

  /// Order 9 or 10; leaves the operation.
  @inline(never)
  @inlinable
  func allocateHuge(
    _ order: Order, _ classIndex: Int, _ core: Int, _ hands: RowCore
  ) -> FrameNumber? {
    let block = takeHuge(order, classIndex, hands)
    guard block >= 0 else { return allocateAfterSearchingEverywhere(order, classIndex, core) }
    hands.countAllocation(order)
    leave(hands)
    return FrameNumber(rawValue: UInt32(truncatingIfNeeded: base &+ block &<< 9))
  }

  /// Hands out the lowest frame of the slot's current row, whose local word is `bits`, not zero: the
  /// number of the frame.
  @inlinable
  @inline(__always)
  func pop(_ bits: UInt64, _ slot: RowSlot) -> Int {
    slot.current = bits & (bits &- 1)
    // Nobody can have freed what is in this core's hands.
    guard row(of: slot) & bits == 0 else { doubleFree(slot, bits) }
    return slot.firstFrame &+ bits.trailingZeroBitCount
  }

  /// A frame from the next row of the slot's block, or of the next block; -1 when no set has one.
  @inline(never)
  @inlinable
  func refill(_ slot: RowSlot, _ classIndex: Int, _ hands: RowCore) -> Int {
    while true {
      let block = slot.block
      if block >= 0 {
        let first = block &<< 3
        for step in 1...8 {
          let row = first | (slot.row &+ step) & 7
          if slot[row] == 0 { gather(row, slot, hands) }
          guard slot[row] != 0 else { continue }
          turn(slot, to: row)
          return pop(slot.current, slot) &- base
        }
        giveUp(slot, hands)
      }
      guard findBlock(slot, classIndex, hands) else { return -1 }
    }
  }
}
