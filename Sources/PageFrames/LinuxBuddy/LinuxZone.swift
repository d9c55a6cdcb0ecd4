import MemoryUnits

/// One zone of a `LinuxBuddy`: its lists, its marks, and what follows from its size.
@usableFromInline
struct LinuxZone {
  @usableFromInline let kind: LinuxZoneKind
  @usableFromInline let node: Int
  @usableFromInline let start: Int
  @usableFromInline let end: Int
  @usableFromInline var lists = LinuxLists()
  /// Whole blocks of the largest order that were never taken: free, movable, last of their list, but
  /// neither marked nor linked, so that a large machine costs nothing before its memory is used.
  /// Counted in `lists.frames`.
  @usableFromInline var fresh: Range<Int>
  /// The type of the fresh blocks.
  @usableFromInline let freshType: Int
  var marks = Watermarks.none
  /// Frames by which claims of parts of pageblocks have lifted the marks (zone->watermark_boost).
  @usableFromInline var boost = 0
  /// A boost waits for the background reclaimer to be woken (ZONE_BOOSTED_WATERMARK).
  var isBoosted = false
  /// Frames of high-atomic pageblocks (nr_reserved_highatomic).
  @usableFromInline var reservedHighAtomic = 0
  /// An allocation has found fewer free frames than the high mark (ZONE_BELOW_HIGH).
  @usableFromInline var isBelowHigh = false
  /// The background reclaimer works on the zone (ZONE_RECLAIM_ACTIVE).
  @usableFromInline var isReclaimActive = false
  /// Frames left alone by requests that may go up to a higher zone, by its kind.
  var lowmemReserve = InlineArray<4, Int>(repeating: 0)
  /// What cores take and give back at once, and between what lengths their lists tune themselves.
  @usableFromInline var batch = 1
  @usableFromInline var highMin = 0
  @usableFromInline var highMax = 0

  /// The region of frames that do not move (`LinuxPolicy.unmovableRegion`), in whole pageblocks at the
  /// zone's end; empty without one.
  var region = 0..<0

  init(_ zone: LinuxZoneLayout.Zone, freshType: Int) {
    kind = zone.kind
    node = zone.node
    start = zone.frames.start.index
    end = start + zone.frames.count
    let size = Order.maximum.frameCount
    let firstWhole = min((start + size - 1) & -size, end)
    fresh = firstWhole..<max(firstWhole, end & -size)
    self.freshType = freshType
    lists.frames[freshType] = fresh.count
  }

  /// No part of the zone is absent: all frames are managed.
  @inlinable
  var managed: Int { end &- start }

  /// Free frames that anyone may get (NR_FREE_PAGES): without those that cores hold or that are
  /// isolated.
  @inlinable
  var free: Int {
    lists.frames[0] &+ lists.frames[1] &+ lists.frames[2] &+ lists.frames[3] &+ lists.frames[4]
      &+ lists.frames[6]
  }

  /// All frames in lists.
  @inlinable
  var listed: Int { free &+ lists.frames[5] }

  /// Orders of which a type has blocks, one bit each.
  @inline(always)
  @inlinable
  func orders(_ type: Int) -> UInt32 {
    let fresh: UInt32 = type == freshType && !self.fresh.isEmpty ? 1 &<< 10 : 0
    return lists.orders[type] | fresh
  }

  @inline(always)
  @inlinable
  func contains(_ frame: Int) -> Bool {
    UInt(bitPattern: frame &- start) < UInt(bitPattern: end &- start)
  }
}
