public import MemoryUnits

/// The next block of a slot for single frames.
extension RowBuddy {
  /// Gives the slot, which has none, a block with free frames: the fullest of its class that is worth
  /// it; else an empty one; else a poorer one of its class; else one of another class, from the
  /// emptiest down. False when no set has any.
  @inlinable
  func findBlock(_ slot: RowSlot, _ classIndex: Int, _ hands: RowCore) -> Bool {
    for bucket in 1..<RowLayout.buckets
    where take(from: RowLayout.tree(classIndex, bucket), slot, classIndex, hands) { return true }
    return findOtherBlock(slot, classIndex, hands)
  }

  @inlinable
  func findOtherBlock(_ slot: RowSlot, _ classIndex: Int, _ hands: RowCore) -> Bool {
    if holdEmptyBlock(slot, classIndex, hands) { return true }
    if take(from: RowLayout.tree(classIndex, 0), slot, classIndex, hands) { return true }
    if giveUpSpareSlots(slot, classIndex, hands) {
      for bucket in 0..<RowLayout.buckets
      where take(from: RowLayout.tree(classIndex, bucket), slot, classIndex, hands) { return true }
    }
    for bucket in (0..<RowLayout.buckets).reversed() {
      for other in 0..<RowLayout.classes where other != classIndex {
        if take(from: RowLayout.tree(other, bucket), slot, classIndex, hands) { return true }
      }
    }
    return false
  }

  /// Gives up the core's other blocks of a class, before pages of two classes share a block. Whether it
  /// had any.
  @inlinable
  func giveUpSpareSlots(_ slot: RowSlot, _ classIndex: Int, _ hands: RowCore) -> Bool {
    var hadAny = false
    for index in 0..<RowCore.slotCount {
      let spare = hands.slot(index)
      let block = spare.block
      guard block >= 0, block != slot.block, lane(block).classIndex == classIndex else { continue }
      giveUp(spare, hands)
      hadAny = true
    }
    return hadAny
  }

  /// Gives the slot an empty block; false when no set has one.
  @inline(never)
  @inlinable
  func holdEmptyBlock(_ slot: RowSlot, _ classIndex: Int, _ hands: RowCore) -> Bool {
    let owned = Lane(bits: Lane.empty.bits | Lane.ownedBit).with(classIndex: classIndex)
    let block = takeEmptyBlock(owned, hands)
    if block >= 0 { hold(block, slot) }
    return block >= 0
  }

  /// Takes a block of a set; false when it has none left. A block of movable frames that other frames
  /// enter is theirs from then on: it is spoilt for compaction.
  @inlinable
  func take(
    from index: Int, _ slot: RowSlot, _ classIndex: Int, _ hands: RowCore
  ) -> Bool {
    while true {
      let block = tree(index).find(from: hands.searchStart)
      guard block >= 0 else { return false }
      let entering = classIndex == Int(FrameClass.movable.rawValue) ? nil : classIndex
      if own(block, slot, classIndex: entering, { Self.tree(of: $0) == index }) {
        tree(index).remove(block)
        return true
      }
      unlist(block, from: index)
    }
  }
}
