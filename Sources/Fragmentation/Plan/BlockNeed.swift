public import MemoryUnits

/// So many free blocks of one order: `200x2MiB`.
public struct BlockNeed: Hashable, Sendable, Codable {
  public var count: Int
  public var order: Order

  public init(_ count: Int, _ order: Order) {
    self.count = count
    self.order = order
  }

  /// Reads `200x2MiB`, `4x1GiB`, `64K` (one of them), with `x`, `*` or a multiplication sign. Nil unless
  /// the count is above 0 and the size a power of two of 4 KiB up to 1 GiB.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { "xX*×".contains($0) })
    guard let last = parts.last, let size = ByteCount(last), size.rawValue >= 4096,
      size.rawValue.nonzeroBitCount == 1, size <= Order.gigantic.bytes
    else { return nil }
    guard let count = parts.count == 1 ? 1 : Int(parts[0]), count > 0,
      count <= 1 << 32
    else { return nil }
    self.init(count, Order(size.rawValue.trailingZeroBitCount - 12))
  }

  enum CodingKeys: String, CodingKey {
    case count = "blocks"
    case blockBytes = "block_bytes"
    case order
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(Int.self, forKey: .count),
      Order(try values.decode(Int.self, forKey: .order)))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(count, forKey: .count)
    try values.encode(order.index, forKey: .order)
    try values.encode(order.bytes.rawValue, forKey: .blockBytes)
  }
}

extension BlockNeed: CustomStringConvertible {
  /// Reads back as the same need.
  public var description: String { "\(count)x\(order.bytes)" }
}
