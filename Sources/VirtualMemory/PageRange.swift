/// A run of consecutive 4 KiB pages of an address space, possibly empty. Page numbers are virtual
/// addresses divided by 4096.
@frozen
public struct PageRange: Hashable, Sendable {
  public var start: Int
  /// Length in pages.
  public var count: Int

  @inlinable
  public init(start: Int, count: Int) {
    self.start = start
    self.count = count
  }

  /// The pages that hold at least one of the bytes `address ..< address + bytes`; empty for 0 bytes.
  @inlinable
  public init(address: Int, bytes: Int) {
    let first = address >> 12
    self.init(start: first, count: bytes == 0 ? 0 : ((address + bytes - 1) >> 12) + 1 - first)
  }

  /// The first page behind the range.
  @inlinable
  public var end: Int { start + count }

  @inlinable
  public var isEmpty: Bool { count == 0 }

  /// Address of the first byte.
  @inlinable
  public var address: Int { start << 12 }

  @inlinable
  public func contains(_ page: Int) -> Bool { start <= page && page < end }

  /// Whether the ranges have a page in common.
  @inlinable
  public func overlaps(_ other: PageRange) -> Bool {
    start < other.end && other.start < end
  }

  /// The pages that are in both; they must overlap.
  @inlinable
  public func intersection(_ other: PageRange) -> PageRange {
    let first = max(start, other.start)
    return PageRange(start: first, count: min(end, other.end) - first)
  }
}
