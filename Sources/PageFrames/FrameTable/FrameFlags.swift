/// What the owner of a frame notes about it, beside its state; cleared by `setOwner`. The names are
/// Linux's page flags without their prefix.
@frozen
public struct FrameFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// On one of the LRU lists.
  @inlinable public static var lru: FrameFlags { FrameFlags(rawValue: 1 << 0) }
  /// On an active list, or to be put there.
  @inlinable public static var active: FrameFlags { FrameFlags(rawValue: 1 << 1) }
  /// Used since reclaim last looked.
  @inlinable public static var referenced: FrameFlags { FrameFlags(rawValue: 1 << 2) }
  /// Written since it was last equal to its file or swap slot.
  @inlinable public static var dirty: FrameFlags { FrameFlags(rawValue: 1 << 3) }
  /// Its contents are those of its file or swap slot.
  @inlinable public static var upToDate: FrameFlags { FrameFlags(rawValue: 1 << 4) }
  /// Being written back.
  @inlinable public static var writeback: FrameFlags { FrameFlags(rawValue: 1 << 5) }
  /// Goes to swap when reclaimed: anonymous, or a shared anonymous object's.
  @inlinable public static var swapBacked: FrameFlags { FrameFlags(rawValue: 1 << 6) }
  /// Has a swap slot, under which it can be found.
  @inlinable public static var swapCache: FrameFlags { FrameFlags(rawValue: 1 << 7) }
  /// Locked in memory by mlock.
  @inlinable public static var mlocked: FrameFlags { FrameFlags(rawValue: 1 << 8) }
  /// Not to be reclaimed: on the unevictable list.
  @inlinable public static var unevictable: FrameFlags { FrameFlags(rawValue: 1 << 9) }
  /// Taken by one operation: nobody else may move or free it.
  @inlinable public static var locked: FrameFlags { FrameFlags(rawValue: 1 << 10) }
  /// Brought in ahead of use; its first use starts the next read-ahead.
  @inlinable public static var readahead: FrameFlags { FrameFlags(rawValue: 1 << 11) }
  /// Was reclaimed while it was in use.
  @inlinable public static var workingset: FrameFlags { FrameFlags(rawValue: 1 << 12) }
  /// Anonymous and mapped by one process alone, which may write without a copy.
  @inlinable public static var anonExclusive: FrameFlags { FrameFlags(rawValue: 1 << 13) }
  /// MADV_FREE: may be dropped while it is not dirty.
  @inlinable public static var lazyFree: FrameFlags { FrameFlags(rawValue: 1 << 14) }
  /// Head of a folio that is mapped in part, and waits to be split for its unmapped frames.
  @inlinable public static var partiallyMapped: FrameFlags { FrameFlags(rawValue: 1 << 15) }
}
