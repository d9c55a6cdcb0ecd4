public import MemoryUnits
public import Synchronization

/// What happens when no set has what a call wants: the answer must be exact then.
extension RowBuddy {
  /// Leaves the operation that `core` is in, stops all cores, takes what they hold, and searches every
  /// block; nil when there is none. Counts the allocation or the failure.
  @inline(never)
  @inlinable
  func allocateAfterSearchingEverywhere(
    _ order: Order, _ classIndex: Int, _ core: Int
  ) -> FrameNumber? {
    let hands = self.core(core)
    leave(hands)
    closeGate()
    defer { openGate() }
    if knownToHaveNone(order) {
      hands.failures &+= 1
      return nil
    }
    stopCores()
    defer { resumeCores() }
    for other in 0..<layout.coreCount { giveUpAll(self.core(other)) }
    let frame =
      order < .huge
      ? searchFrames(order.index, classIndex, hands)
      : order <= .maximum ? searchEmpty(order, classIndex) : -1
    guard frame >= 0 else {
      hands.failures &+= 1
      remember(order)
      return nil
    }
    if order != .base { hands.countAllocation(order) }
    return FrameNumber(rawValue: UInt32(truncatingIfNeeded: base &+ frame))
  }

  /// Gives up all that a core holds.
  @inlinable
  func giveUpAll(_ hands: RowCore) {
    settleEmptyWord(hands)
    for index in 0..<RowCore.slotCount { giveUp(hands.slot(index), hands) }
  }

  /// Takes a block of order 0-8 with nothing in any core's hands: from a block of the class or an
  /// empty one if there is one, else from the first of another class.
  @inlinable
  func searchFrames(_ order: Int, _ classIndex: Int, _ hands: RowCore) -> Int {
    var found = -1
    for block in 0..<layout.blocks {
      let lane = lane(block)
      guard lane.isOwnable, lane.count >= 1 &<< order else { continue }
      let fits = lane.classIndex == classIndex || lane.isEmpty
      guard fits || found < 0, hasRun(block, order) else { continue }
      found = block
      if fits { break }
    }
    guard found >= 0 else { return -1 }
    let lane = lane(found)
    let entering = lane.isEmpty || classIndex != Int(FrameClass.movable.rawValue)
    let slot = hands.slot(order == 0 ? classIndex : RowLayout.classes &+ classIndex)
    _ = own(found, slot, classIndex: entering ? classIndex : nil) { _ in true }
    return order == 0 ? refill(slot, classIndex, hands) : takeRun(slot, order, hands)
  }

  /// Takes a block of order 9 or 10, likewise.
  @inlinable
  func searchEmpty(_ order: Order, _ classIndex: Int) -> Int {
    let kind: Lane.Kind = order == .huge ? .huge : .half
    let taken = Lane.taken(as: kind, classIndex: classIndex)
    for block in stride(from: 0, to: layout.blocks, by: order == .huge ? 1 : 2) {
      let pair = pairWord(block)
      guard Lane(pair, block).isEmpty else { continue }
      var desired = taken.replacing(in: pair, block)
      if order == .maximum {
        guard Lane(pair, block &+ 1).isEmpty else { continue }
        desired = taken.replacing(in: desired, block &+ 1)
      }
      _ = exchangePair(block, pair, desired)
      return block &<< 9
    }
    return -1
  }

  /// Whether a search has found no block of this order and no free has begun since. A free counts
  /// itself before its first effect, so whoever sees an unchanged count sees memory as the search left
  /// it, but for what was allocated. With the gate closed.
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
