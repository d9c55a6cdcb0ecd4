/// What a frame is used for, one byte per frame: the only input of the frame map and of
/// availability scans. Raw values are stored in results; append, never renumber.
@frozen
public enum FrameState: UInt8, CaseIterable, Sendable {
  /// Not managed by the allocator: a hole, firmware, the kernel image.
  case reserved = 0
  /// In the allocator's free blocks.
  case free = 1
  /// Held back by a core: free, but in no free block.
  case heldByCore = 2
  /// User data behind page tables.
  case movable = 3
  /// Kernel data that cannot move.
  case unmovable = 4
  /// Small objects packed by a slab allocator.
  case slab = 5
  case pageTable = 6
  /// Contents of files that reclaim cannot simply drop: dirty, locked in memory or without a store; or
  /// the source cannot tell.
  case fileCache = 7
  /// Part of a mapped 2 MiB or 1 GiB page.
  case hugePage = 8
  /// User data with a pin: movable only after unpinning.
  case pinned = 9
  /// The source cannot tell.
  case unknown = 10
  /// Contents of files that reclaim can drop without writing them.
  case cleanFile = 11

  /// Whether an allocation could use the frame without anyone giving up anything.
  @inlinable
  public var isFree: Bool { self == .free || self == .heldByCore }
}
