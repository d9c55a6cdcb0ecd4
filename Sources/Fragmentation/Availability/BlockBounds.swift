/// A number of blocks between the answer if every frame of which the source cannot tell stays, and the
/// answer if it can be moved. Equal where the source can tell of all.
public struct BlockBounds: Hashable, Sendable, Codable {
  public var low: UInt64
  public var high: UInt64

  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  public var isExact: Bool { low == high }

  public static func + (left: BlockBounds, right: BlockBounds) -> BlockBounds {
    BlockBounds(low: left.low + right.low, high: left.high + right.high)
  }
}
