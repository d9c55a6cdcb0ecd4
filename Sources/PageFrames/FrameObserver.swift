public import MemoryUnits

/// What an allocator tells whoever watches it, as it happens. Every hook is empty unless implemented
/// and then costs nothing: allocators are generic over their observer.
public protocol FrameObserver {
  /// Whether any hook is implemented; false lets allocators pass over steps that nobody sees.
  static var isWatching: Bool { get }
  mutating func didAllocate(
    _ frame: FrameNumber, _ order: Order, _ frameClass: FrameClass, core: Int)
  mutating func didFree(_ frame: FrameNumber, _ order: Order, core: Int)
  /// A block of `order` became two of the order below.
  mutating func didSplit(_ frame: FrameNumber, _ order: Order)
  /// Two free blocks of `order` became the free block of the order above that starts at `frame`.
  mutating func didMerge(_ frame: FrameNumber, _ order: Order)
}

extension FrameObserver {
  @inlinable
  public static var isWatching: Bool { true }
  @inlinable
  public mutating func didAllocate(
    _ frame: FrameNumber, _ order: Order, _ frameClass: FrameClass, core: Int
  ) {}
  @inlinable
  public mutating func didFree(_ frame: FrameNumber, _ order: Order, core: Int) {}
  @inlinable
  public mutating func didSplit(_ frame: FrameNumber, _ order: Order) {}
  @inlinable
  public mutating func didMerge(_ frame: FrameNumber, _ order: Order) {}
}

/// Watches nothing.
@frozen
public struct NoObserver: FrameObserver, ZoneObserver, Sendable {
  @inlinable
  public init() {}

  @inlinable
  public static var isWatching: Bool { false }
}
