/// The page sizes that an x86-64 page table can map.
@frozen
public enum PageSize: UInt8, CaseIterable, Sendable {
  case base4KiB = 0
  case huge2MiB = 9
  case gigantic1GiB = 18

  /// The order of a block of this size.
  @inlinable
  public var order: Order { Order(rawValue: rawValue) }

  @inlinable
  public var bytes: ByteCount { order.bytes }
}
