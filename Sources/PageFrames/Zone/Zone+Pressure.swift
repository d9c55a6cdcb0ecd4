public import MemoryUnits

extension Zone where Allocator: ~Copyable {
  /// Notices that an allocation of `order` would leave less than low; true when that wakes the
  /// background reclaimer.
  public mutating func noteBelowLow(_ order: Order) -> Bool {
    guard !isReclaimerAwake,
      listedFrames - order.frameCount < watermarks.low + allocator.watermarkBoost
    else { return false }
    isReclaimerAwake = true
    allocator.isReclaimActive = true
    counters.lowCrossings += 1
    observer.didFallBelowLow(freeFrames: freeFrames)
    return true
  }

  /// Notices that types have mixed and lifted the watermarks; true when that wakes the background
  /// reclaimer.
  public mutating func noteBoost() -> Bool {
    guard !isReclaimerAwake else { return false }
    isReclaimerAwake = true
    allocator.isReclaimActive = true
    return true
  }

  /// Notices that an allocation of `order` would leave less than min.
  public mutating func noteBelowMin(_ order: Order) {
    guard !isBelowMin, listedFrames - order.frameCount < watermarks.min else { return }
    isBelowMin = true
    counters.minCrossings += 1
    observer.didFallBelowMin(freeFrames: freeFrames)
  }

  /// Notices that a caller freed frames by itself.
  public mutating func noteDirectReclaim(_ order: Order, freed: Int) {
    counters.directReclaims += 1
    observer.didReclaimDirectly(order, freed: freed)
  }

  /// Notices that no block was left for a request.
  public mutating func noteRefusal(_ order: Order) {
    counters.refused += 1
    observer.didRefuse(order, freeFrames: freeFrames)
  }
}
