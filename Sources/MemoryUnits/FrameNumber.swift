/// The number of a 4 KiB page frame: its physical address divided by 4096.
///
/// 32 bits reach 16 TiB. Trace formats and the live host carry 64-bit frame numbers (device memory
/// lies above any RAM) and map them to these dense ones.
@frozen
public struct FrameNumber: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable
  public init(_ value: Int) { self.rawValue = UInt32(value) }

  /// The frame number as an index.
  @inlinable
  public var index: Int { Int(rawValue) }

  @inlinable
  public static func < (left: FrameNumber, right: FrameNumber) -> Bool {
    left.rawValue < right.rawValue
  }

  /// Whether a block of `order` may start here: blocks are aligned to their own size.
  @inlinable
  public func isAligned(to order: Order) -> Bool {
    rawValue & (UInt32(truncatingIfNeeded: order.frameCount) &- 1) == 0
  }

  /// The other half of the block of the next order that contains the block of `order` starting here.
  @inlinable
  public func buddy(_ order: Order) -> FrameNumber {
    FrameNumber(rawValue: rawValue ^ (1 &<< UInt32(order.rawValue)))
  }

  @inlinable
  public func advanced(by frames: Int) -> FrameNumber {
    FrameNumber(rawValue: UInt32(truncatingIfNeeded: Int(rawValue) &+ frames))
  }
}
