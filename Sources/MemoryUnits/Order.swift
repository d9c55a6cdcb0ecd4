/// The order of a block: it has 2^order frames.
@frozen
public struct Order: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable
  public init(_ value: Int) { self.rawValue = UInt8(truncatingIfNeeded: value) }

  /// A single frame, 4 KiB.
  public static let base = Order(rawValue: 0)
  /// A huge page of x86-64, 2 MiB.
  public static let huge = Order(rawValue: 9)
  /// The largest block of the page-frame allocators, 4 MiB.
  public static let maximum = Order(rawValue: 10)
  /// A gigantic page of x86-64, 1 GiB: above what a buddy allocator serves, found by scans.
  public static let gigantic = Order(rawValue: 18)

  /// How many orders a buddy allocator serves: 0...10.
  public static let allocatorCount = 11

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
