import MemoryUnits

/// What one core of a `PerCPUListBuddy` holds back: a list of blocks for each of the orders 0-3.
///
/// A list is a ring of first frames, `oldest` first; both positions only grow and are taken modulo
/// the capacity. Invariant: `frames` is the number of frames in all lists, at most `high` between
/// operations.
@usableFromInline
struct CoreLists: ~Copyable {
  /// Linux before its lists were tuned: `zone_batchsize` gives 63 for every zone of 256 MiB and more
  /// (rounddown_pow2(1.5 * 64) - 1), and a list is cut back by a batch at 6 batches
  /// (mm/page_alloc.c, versions 2.6.16 to 5.12). Orders 1-3 came to the lists with 5.13.
  @inlinable static var batch: Int { 63 }
  @inlinable static var high: Int { 6 * batch }
  @inlinable static var orderCount: Int { 4 }
  /// More than `high` and a batch, and a power of two.
  @inlinable static var capacity: Int { 512 }

  @usableFromInline let lock = SpinLock()
  @usableFromInline var frames = 0
  @usableFromInline var oldest = InlineArray<4, Int>(repeating: 0)
  @usableFromInline var newest = InlineArray<4, Int>(repeating: 0)
  /// Blocks handed out from and taken back into the lists.
  @usableFromInline var allocations: UInt64 = 0
  @usableFromInline var frees: UInt64 = 0
  /// Blocks that came from the buddy system and went back to it.
  @usableFromInline var refilled: UInt64 = 0
  @usableFromInline var returned: UInt64 = 0
  @usableFromInline var slots = InlineArray<2048, UInt32>(repeating: 0)

  init() {}

  @inline(always)
  @inlinable
  static func slot(_ order: Int, _ position: Int) -> Int {
    order &* capacity &+ (position & (capacity &- 1))
  }

  @inline(always)
  @inlinable
  func isEmpty(_ order: Int) -> Bool { oldest[order] == newest[order] }

  @inline(always)
  @inlinable
  mutating func push(_ frame: Int, _ order: Int) {
    slots[Self.slot(order, newest[order])] = UInt32(truncatingIfNeeded: frame)
    newest[order] &+= 1
    frames &+= 1 &<< order
  }

  /// The block that was freed last: its cache lines are the warmest.
  @inline(always)
  @inlinable
  mutating func popNewest(_ order: Int) -> Int {
    newest[order] &-= 1
    frames &-= 1 &<< order
    return Int(slots[Self.slot(order, newest[order])])
  }

  mutating func popOldest(_ order: Int) -> Int {
    let frame = Int(slots[Self.slot(order, oldest[order])])
    oldest[order] &+= 1
    frames &-= 1 &<< order
    return frame
  }
}
