/// Free blocks by order: one row of /proc/buddyinfo. Any number of orders, as kernels differ (11;
/// 12 on some arm64; 14 with 64 KiB pages).
public struct FreeAreas: Hashable, Sendable, Codable {
  /// `blocks[k]` is the number of free blocks of 2^k frames.
  public var blocks: [UInt64]

  public init(blocks: [UInt64]) { self.blocks = blocks }

  public init(from decoder: any Decoder) throws {
    blocks = try decoder.singleValueContainer().decode([UInt64].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(blocks)
  }

  /// Free frames in all blocks.
  public var freeFrames: UInt64 {
    var sum: UInt64 = 0
    for (order, count) in blocks.enumerated() { sum += count << UInt64(order) }
    return sum
  }
}
