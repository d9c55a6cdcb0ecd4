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

  /// Marks the block free and lists it.
  @inlinable
  mutating func insert(
    _ frame: Int, _ order: Int, _ placement: FramePlacement,
    _ pages: inout MutableSpan<PageDescriptor>
  ) {
    pages[frame].block = .free(order)
    counts[order] &+= 1
    nonEmpty |= 1 &<< UInt32(truncatingIfNeeded: order)
    if placement == .newestFirst {
      link(frame, after: PageDescriptor.noFrame, order, &pages)
    } else {
      link(frame, after: lowerNeighbour(of: frame, order, pages), order, &pages)
    }
  }

  /// Takes the block off its list and leaves its mark to the caller.
  @inlinable
  mutating func remove(_ frame: Int, _ order: Int, _ pages: inout MutableSpan<PageDescriptor>) {
    let next = pages[frame].next
    let previous = pages[frame].previous
    if previous == PageDescriptor.noFrame {
      heads[order] = next
    } else {
      pages[Int(previous)].next = next
    }
    if next != PageDescriptor.noFrame { pages[Int(next)].previous = previous }
    counts[order] &-= 1
    if counts[order] == 0 { nonEmpty &= ~(1 &<< UInt32(truncatingIfNeeded: order)) }
  }

  @inlinable
  mutating func link(
    _ frame: Int, after previous: UInt32, _ order: Int, _ pages: inout MutableSpan<PageDescriptor>
  ) {
    let number = UInt32(truncatingIfNeeded: frame)
    let next: UInt32
    if previous == PageDescriptor.noFrame {
      next = heads[order]
      heads[order] = number
    } else {
      next = pages[Int(previous)].next
      pages[Int(previous)].next = number
    }
    pages[frame].next = next
    pages[frame].previous = previous
    if next != PageDescriptor.noFrame { pages[Int(next)].previous = number }
  }

  /// The last block of the list below `frame`, in a list that is sorted by address.
  @inline(never)
  @usableFromInline
  func lowerNeighbour(
    of frame: Int, _ order: Int, _ pages: borrowing MutableSpan<PageDescriptor>
  ) -> UInt32 {
    var lower = PageDescriptor.noFrame
    var candidate = heads[order]
    while candidate != PageDescriptor.noFrame, Int(candidate) < frame {
      lower = candidate
      candidate = pages[Int(candidate)].next
    }
    return lower
  }
}
