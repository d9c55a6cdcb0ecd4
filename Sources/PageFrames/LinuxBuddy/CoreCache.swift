import MemoryUnits

/// What one core holds back of one zone (`struct per_cpu_pages`): lists of blocks by order 0-3 and
/// type, then those of huge pages, linked through the descriptors like free lists.
///
/// Invariants: `count` is the number of frames in all lists; every listed block is marked `.held`.
@usableFromInline
struct CoreCache {
  /// Orders 0...3.
  @inlinable static var orderCount: Int { 4 }
  /// Three types of each, then huge pages: others and movable.
  @inlinable static var listCount: Int { 14 }
  @inlinable static var firstHuge: Int { 12 }
  /// CONFIG_PCP_BATCH_SCALE_MAX: batches grow to 2^5 times their size.
  @inlinable static var scaleMax: Int { 5 }

  @usableFromInline var heads = InlineArray<14, UInt32>(repeating: PageDescriptor.noFrame)
  @usableFromInline var tails = InlineArray<14, UInt32>(repeating: PageDescriptor.noFrame)
  @usableFromInline var count = 0
  /// The length at which the lists are cut back.
  @usableFromInline var high = 0
  /// Doublings of what the next refill takes.
  @usableFromInline var allocFactor = 0
  /// Frames freed in a row, halved by each allocation.
  @usableFromInline var freeCount = 0
  /// Doublings of what the next cut gives back (to 6.6).
  @usableFromInline var freeFactor = 0
  /// Whether the last block that was freed was of order 1-3.
  @usableFromInline var hasFreedHighOrder = false

  init() {}

  @inline(always)
  @inlinable
  mutating func pushFirst(
    _ frame: Int, _ order: Int, _ list: Int, _ pages: inout MutableSpan<PageDescriptor>
  ) {
    let number = UInt32(truncatingIfNeeded: frame)
    let next = heads[list]
    pages[frame].block = .held(order)
    pages[frame].next = next
    pages[frame].previous = PageDescriptor.noFrame
    heads[list] = number
    if next == PageDescriptor.noFrame {
      tails[list] = number
    } else {
      pages[Int(next)].previous = number
    }
    count &+= 1 &<< order
  }

  @inlinable
  mutating func pushLast(
    _ frame: Int, _ order: Int, _ list: Int, _ pages: inout MutableSpan<PageDescriptor>
  ) {
    let number = UInt32(truncatingIfNeeded: frame)
    let previous = tails[list]
    pages[frame].block = .held(order)
    pages[frame].next = PageDescriptor.noFrame
    pages[frame].previous = previous
    tails[list] = number
    if previous == PageDescriptor.noFrame {
      heads[list] = number
    } else {
      pages[Int(previous)].next = number
    }
    count &+= 1 &<< order
  }

  /// Takes the first block off a list that has one and leaves its mark to the caller. The links of the
  /// new first block towards the front are not looked at by anyone and stay as they are.
  @inline(always)
  @inlinable
  mutating func popFirst(
    _ order: Int, _ list: Int, _ pages: inout MutableSpan<PageDescriptor>
  ) -> Int {
    let frame = Int(heads[list])
    let next = pages[frame].next
    heads[list] = next
    if next == PageDescriptor.noFrame { tails[list] = PageDescriptor.noFrame }
    count &-= 1 &<< order
    return frame
  }

  @inlinable
  mutating func popLast(
    _ order: Int, _ list: Int, _ pages: inout MutableSpan<PageDescriptor>
  ) -> Int {
    let frame = Int(tails[list])
    if heads[list] == tails[list] {
      heads[list] = PageDescriptor.noFrame
      tails[list] = PageDescriptor.noFrame
    } else {
      let previous = pages[frame].previous
      tails[list] = previous
      pages[Int(previous)].next = PageDescriptor.noFrame
    }
    count &-= 1 &<< order
    return frame
  }
}
