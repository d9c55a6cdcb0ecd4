public import MemoryUnits

/// What a zone tells about its watermarks, as it happens. Every hook is empty unless implemented.
public protocol ZoneObserver {
  /// An allocation found the zone below low, and the background reclaimer asleep: it was woken.
  mutating func didFallBelowLow(freeFrames: Int)
  /// An allocation would leave less than min, for the first time since the zone was above it.
  mutating func didFallBelowMin(freeFrames: Int)
  /// A caller reclaimed by itself and freed `freed` frames.
  mutating func didReclaimDirectly(_ order: Order, freed: Int)
  /// The zone is at high again: the background reclaimer may sleep.
  mutating func didReachHigh(freeFrames: Int)
  /// No block was left for a request, with every mark ignored.
  mutating func didRefuse(_ order: Order, freeFrames: Int)
}

extension ZoneObserver {
  @inlinable
  public mutating func didFallBelowLow(freeFrames: Int) {}
  @inlinable
  public mutating func didFallBelowMin(freeFrames: Int) {}
  @inlinable
  public mutating func didReclaimDirectly(_ order: Order, freed: Int) {}
  @inlinable
  public mutating func didReachHigh(freeFrames: Int) {}
  @inlinable
  public mutating func didRefuse(_ order: Order, freeFrames: Int) {}
}
