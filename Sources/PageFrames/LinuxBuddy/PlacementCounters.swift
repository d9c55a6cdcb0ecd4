/// What an allocator with pageblocks did to keep types apart; all 0 where it has none.
@frozen
public struct PlacementCounters: Hashable, Sendable {
  /// Blocks taken from another type's lists (Linux: mm_page_alloc_extfrag), claims and steals.
  public var fallbacks: UInt64 = 0
  /// Those of them that changed the type of their pageblocks.
  public var claims: UInt64 = 0
  /// Those that left a block of the wrong type in a pageblock.
  public var steals: UInt64 = 0
  /// Pageblocks whose type changed by a claim.
  public var claimedPageblocks: UInt64 = 0
  /// Pageblocks that became high-atomic, and that were given back.
  public var reservedPageblocks: UInt64 = 0
  public var unreservedPageblocks: UInt64 = 0
  /// Refills of cores' lists, and frames that went back from them.
  public var refills: UInt64 = 0
  public var drainedFrames: UInt64 = 0

  @inlinable
  public init() {}
}
