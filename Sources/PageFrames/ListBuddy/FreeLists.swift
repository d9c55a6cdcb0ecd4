import MemoryUnits

/// The heads and lengths of the free lists, one list per order, linked through the descriptors.
///
/// Invariants: `count[k]` is the length of list k; bit k of `nonEmpty` is set exactly when list k
/// has a block; every listed frame is marked `.free(k)`.
@usableFromInline
struct FreeLists {
  @usableFromInline
  var heads: InlineArray<11, UInt32>
  @usableFromInline
  var counts: InlineArray<11, UInt32>
  @usableFromInline
  var nonEmpty: UInt32

  init() {
    heads = InlineArray(repeating: PageDescriptor.noFrame)
    counts = InlineArray(repeating: 0)
    nonEmpty = 0
  }

  /// The smallest order of at least `order` with a free block; 32 when there is none.
  @inlinable
  func smallestOrder(atLeast order: Int) -> Int {
    let candidates = nonEmpty & (UInt32.max &<< UInt32(truncatingIfNeeded: order))
    return candidates.trailingZeroBitCount
  }

  /// Marks the block free and lists it as the first of its order.
  @inline(always)
  @inlinable
  mutating func push(_ frame: Int, _ order: Int, _ pages: inout MutableSpan<PageDescriptor>) {
    let number = UInt32(truncatingIfNeeded: frame)
    let next = heads[order]
    heads[order] = number
    counts[order] &+= 1
    pages[frame].next = next
    pages[frame].previous = PageDescriptor.noFrame
    pages[frame].block = .free(order)
    if next != PageDescriptor.noFrame {
      pages[Int(next)].previous = number
    } else {
      nonEmpty |= 1 &<< UInt32(truncatingIfNeeded: order)
    }
  }

  /// Takes the first block off a list that has one, and leaves its mark to the caller.
  @inline(always)
  @inlinable
  mutating func pop(_ order: Int, _ pages: inout MutableSpan<PageDescriptor>) -> Int {
    let frame = Int(heads[order])
    let next = pages[frame].next
    heads[order] = next
    counts[order] &-= 1
    if next != PageDescriptor.noFrame {
      pages[Int(next)].previous = PageDescriptor.noFrame
    } else {
      nonEmpty &= ~(1 &<< UInt32(truncatingIfNeeded: order))
    }
    return frame
  }

  /// Marks the block free and makes it the only one of its list, which is empty; the caller sets the
  /// list's bit in `nonEmpty`.
  @inline(always)
  @inlinable
  mutating func start(_ frame: Int, _ order: Int, _ pages: inout MutableSpan<PageDescriptor>) {
    heads[order] = UInt32(truncatingIfNeeded: frame)
    counts[order] = 1
    pages[frame].next = PageDescriptor.noFrame
    pages[frame].previous = PageDescriptor.noFrame
    pages[frame].block = .free(order)
  }

  /// Takes the block off its list and leaves its mark to the caller.
  @inline(always)
  @inlinable
  mutating func remove(_ frame: Int, _ order: Int, _ pages: inout MutableSpan<PageDescriptor>) {
    let next = pages[frame].next
    let previous = pages[frame].previous
    counts[order] &-= 1
    if next != PageDescriptor.noFrame { pages[Int(next)].previous = previous }
    if previous != PageDescriptor.noFrame {
      pages[Int(previous)].next = next
    } else {
      heads[order] = next
      if next == PageDescriptor.noFrame {
        nonEmpty &= ~(1 &<< UInt32(truncatingIfNeeded: order))
      }
    }
  }
}
