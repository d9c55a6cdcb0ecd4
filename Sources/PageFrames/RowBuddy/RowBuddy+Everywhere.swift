public import MemoryUnits
public import Synchronization

/// What happens when no set has what a call wants: the answer must be exact then.
extension RowBuddy {
  /// Searches farther, then leaves the operation that `core` is in, stops all cores, and searches
  /// everything, what they hold included; nil when there is none. Counts the allocation or the
  /// failure. A refusal leaves the cores what they hold.
  @inline(never)
  @inlinable
  func allocateAfterSearchingEverywhere(
    _ order: Order, _ classIndex: Int, _ core: Int
  ) -> FrameNumber? {
    let hands = self.core(core)
    if knownToHaveNone(order) {
      hands.failures &+= 1
      leave(hands)
      return nil
    }
    if let frame = searchFarther(order, classIndex, hands) {
      leave(hands)
      return frame
    }
    leave(hands)
    closeGate()
    defer { openGate() }
    stopCores()
    defer { resumeCores() }
    for other in 0..<layout.coreCount { giveUpBlocks(with: order, self.core(other)) }
    let frame = searchSets(order, classIndex, hands)
    guard frame >= 0 else {
      hands.failures &+= 1
      remember(order)
      return nil
    }
    if order != .base { hands.countAllocation(order) }
    return FrameNumber(rawValue: UInt32(truncatingIfNeeded: base &+ frame))
  }

  /// A block of order 1-8 for which more blocks have to be looked into, with nobody stopped.
  @inlinable
  func searchFarther(_ order: Order, _ classIndex: Int, _ hands: RowCore) -> FrameNumber? {
    guard order > .base, order < .huge else { return nil }
    let slot = hands.slot(RowLayout.classes &+ classIndex)
    guard findBlockWithRunFarther(slot, order.index, classIndex, hands) else { return nil }
    let frame = takeRun(slot, order.index, hands)
    guard frame >= 0 else { return nil }
    hands.countAllocation(order)
    return FrameNumber(rawValue: UInt32(truncatingIfNeeded: base &+ frame))
  }

  /// Gives up all that a core holds.
  @inlinable
  func giveUpAll(_ hands: RowCore) {
    settleEmptyWord(hands)
    for index in 0..<RowCore.slotCount { giveUp(hands.slot(index), hands) }
  }

  /// Gives up those blocks of a core that have, with what is in its hands, a free block of an order;
  /// for order 10 a half.
  @inlinable
  func giveUpBlocks(with order: Order, _ hands: RowCore) {
    for index in 0..<RowCore.slotCount {
      let slot = hands.slot(index)
      if slot.block >= 0, hasRun(slot, min(order.index, 9)) { giveUp(slot, hands) }
    }
  }

  /// Takes a block out of the sets, which miss none while no operation is under way: orders 0, 9 and 10
  /// in a few steps, orders 1-8 by looking into the blocks with enough free frames.
  @inlinable
  func searchSets(_ order: Order, _ classIndex: Int, _ hands: RowCore) -> Int {
    settleEmptyWord(hands)
    if order >= .huge {
      let block = takeHuge(order, classIndex, hands)
      return block < 0 ? -1 : block &<< 9
    }
    if order == .base { return refill(hands.slot(classIndex), classIndex, hands) }
    let slot = hands.slot(RowLayout.classes &+ classIndex)
    giveUp(slot, hands)
    let found =
      holdEmptyBlock(slot, classIndex, hands)
      || takeWithRun(
        ofClass: classIndex, slot, order.index, classIndex, hands, looks: .max, isStopped: true)
      || takeWithRunOfOthers(slot, order.index, classIndex, hands, looks: .max, isStopped: true)
    return found ? takeRun(slot, order.index, hands) : -1
  }

  /// Whether a search has found no block of this order and no free has begun since. A free counts
  /// itself before its first effect, so whoever sees an unchanged count sees memory as the search left
  /// it, but for what was allocated. Inside an operation: what it reads is written while the world
  /// is stopped.
  @inlinable
  func knownToHaveNone(_ order: Order) -> Bool {
    let known = unsafe gateWord(1).pointee.load(ordering: .relaxed)
    guard known != 0, order.index >= Int(known) &- 1 else { return false }
    for core in 0..<layout.coreCount {
      let then = unsafe gateWord(8 &+ core).pointee.load(ordering: .relaxed)
      guard Int(truncatingIfNeeded: then) == self.core(core).frees else { return false }
    }
    return true
  }

  @inlinable
  func remember(_ order: Order) {
    unsafe gateWord(1).pointee.store(UInt64(order.rawValue) &+ 1, ordering: .relaxed)
    for core in 0..<layout.coreCount {
      unsafe gateWord(8 &+ core).pointee.store(
        UInt64(truncatingIfNeeded: self.core(core).frees), ordering: .relaxed)
    }
  }
}
