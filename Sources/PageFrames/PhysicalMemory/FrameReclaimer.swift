public import MemoryUnits

/// What makes frames free when a zone is short of them. The upper floors implement it: they know
/// whose data a frame holds. `PhysicalMemory` calls it; both calls may allocate nothing.
public protocol FrameReclaimer: ~Copyable {
  /// False for a reclaimer that never frees anything: it is not called, and no reclaim is counted.
  static var canReclaim: Bool { get }

  /// The zone fell below low: the background reclaimer should work, now or on its own simulated
  /// core later, until `memory.zone.isReclaimerAwake` is false.
  mutating func wake<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ memory: inout PhysicalMemory<Allocator, Observer>)

  /// An allocation of `order` would leave less than min: frees frames at once, `frames` or as many as
  /// it can.
  /// - Returns: the number of frames freed; after 0 the allocation asks no more.
  mutating func reclaim<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ frames: Int, for order: Order, _ memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Int
}

extension FrameReclaimer where Self: ~Copyable {
  @inlinable
  public static var canReclaim: Bool { true }
}

/// Has nothing to reclaim.
@frozen
public struct NoReclaimer: FrameReclaimer {
  @inlinable
  public init() {}

  @inlinable
  public static var canReclaim: Bool { false }

  @inlinable
  public mutating func wake<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ memory: inout PhysicalMemory<Allocator, Observer>
  ) {}

  @inlinable
  public mutating func reclaim<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ frames: Int, for order: Order, _ memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Int { 0 }
}
