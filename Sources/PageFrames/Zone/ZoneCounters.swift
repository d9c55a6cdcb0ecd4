/// How often a zone came under pressure.
@frozen
public struct ZoneCounters: Hashable, Sendable {
  /// Times the background reclaimer was woken because free frames fell below low.
  public var lowCrossings: UInt64 = 0
  /// Times an allocation would have left less than min, each counted once until the zone was above.
  public var minCrossings: UInt64 = 0
  /// Calls to the reclaimer by an allocation that had to wait for it.
  public var directReclaims: UInt64 = 0
  /// Requests that were refused, after reclaim and with every mark ignored.
  public var refused: UInt64 = 0

  @inlinable
  public init() {}
}
