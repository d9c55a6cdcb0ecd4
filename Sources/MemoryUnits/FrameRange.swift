/// A run of consecutive page frames, possibly empty.
@frozen
public struct FrameRange: Hashable, Sendable {
  public var start: FrameNumber
  /// Length in frames.
  public var count: Int

  @inlinable
  public init(start: FrameNumber, count: Int) {
    self.start = start
    self.count = count
  }

  /// The naturally aligned block of `order` that starts at `start`.
  @inlinable
  public init(block start: FrameNumber, _ order: Order) {
    self.init(start: start, count: order.frameCount)
  }

  /// The first frame behind the range.
  @inlinable
  public var end: FrameNumber { start.advanced(by: count) }

  @inlinable
  public var isEmpty: Bool { count == 0 }

  @inlinable
  public func contains(_ frame: FrameNumber) -> Bool { start <= frame && frame < end }

  @inlinable
  public func contains(_ other: FrameRange) -> Bool {
    start <= other.start && other.end <= end
  }

  /// Size in bytes.
  @inlinable
  public var bytes: ByteCount { ByteCount(count << 12) }
}
