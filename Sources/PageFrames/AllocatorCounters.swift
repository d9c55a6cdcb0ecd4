/// What an allocator did since it was made.
///
/// Splits and merges count single steps between neighbouring orders, wherever they come from
/// (allocation, claim, a free of part of a block), so the number of blocks is always the number at
/// the start + splits - merges.
@frozen
public struct AllocatorCounters: Hashable, Sendable {
  /// Blocks handed out by `allocate`.
  public var allocations: UInt64 = 0
  /// Blocks taken back by `free`.
  public var frees: UInt64 = 0
  public var splits: UInt64 = 0
  public var merges: UInt64 = 0
  /// Requests that no free block could serve.
  public var failed: UInt64 = 0

  @inlinable
  public init() {}
}
