/// The order of a block: it has 2^order frames.
@frozen
public struct Order: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable
  public init(_ value: Int) { self.rawValue = UInt8(truncatingIfNeeded: value) }

  // Computed, not stored: a stored static of another module is a call, even in an inlined loop.

  /// A single frame, 4 KiB.
  @inlinable
  public static var base: Order { Order(rawValue: 0) }
  /// A huge page of x86-64, 2 MiB.
  @inlinable
  public static var huge: Order { Order(rawValue: 9) }
  /// The largest block of the page-frame allocators, 4 MiB.
  @inlinable
  public static var maximum: Order { Order(rawValue: 10) }
  /// A gigantic page of x86-64, 1 GiB: above what a buddy allocator serves, found by scans.
  @inlinable
  public static var gigantic: Order { Order(rawValue: 18) }

  /// How many orders a buddy allocator serves: 0...10.
  @inlinable
  public static var allocatorCount: Int { 11 }

  @inlinable
  public var index: Int { Int(rawValue) }

  /// Frames in a block of this order.
  @inlinable
  public var frameCount: Int { 1 &<< Int(rawValue) }

  /// Size of a block of this order.
  @inlinable
  public var bytes: ByteCount { ByteCount(4096 &<< Int(rawValue)) }

  @inlinable
  public static func < (left: Order, right: Order) -> Bool { left.rawValue < right.rawValue }

  /// The smallest order whose block holds `frames` frames; 0 for none or one.
  @inlinable
  public static func covering(frames: Int) -> Order {
    frames <= 1 ? .base : Order(Int.bitWidth - (frames - 1).leadingZeroBitCount)
  }
}
