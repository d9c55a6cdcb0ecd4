public import MemoryUnits

extension Zone where Allocator: ~Copyable {
  /// Notices that an allocation of `order` would leave less than low; true when that wakes the
  /// background reclaimer.
  @usableFromInline
  mutating func noteBelowLow(_ order: Order) -> Bool {
    guard freeFrames - order.frameCount < watermarks.low, !isReclaimerAwake else { return false }
    isReclaimerAwake = true
    counters.lowCrossings += 1
    observer.didFallBelowLow(freeFrames: freeFrames)
    return true
  }

  @usableFromInline
  mutating func noteBelowMin(_ order: Order) {
    guard freeFrames - order.frameCount < watermarks.min, !isBelowMin else { return }
    isBelowMin = true
    counters.minCrossings += 1
    observer.didFallBelowMin(freeFrames: freeFrames)
  }

  @usableFromInline
  mutating func noteDirectReclaim(_ order: Order, freed: Int) {
    counters.directReclaims += 1
    observer.didReclaimDirectly(order, freed: freed)
  }

  @usableFromInline
  mutating func noteRefusal(_ order: Order) {
    counters.refused += 1
    observer.didRefuse(order, freeFrames: freeFrames)
  }
}
