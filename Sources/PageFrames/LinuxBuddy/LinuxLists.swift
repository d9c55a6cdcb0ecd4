import MemoryUnits

/// The free lists of a zone, one per migratetype and order, linked through the descriptors; the seventh
/// type is `Migratetype.lent`.
///
/// Invariants: `counts` are the lengths of the lists; bit k of `orders[t]` is set exactly when list
/// (t, k) has a block; `frames[t]` are the frames in the lists of type t; every listed block is marked
/// `.free(order, type)`.
@usableFromInline
struct LinuxLists {
  @usableFromInline var heads = InlineArray<77, UInt32>(repeating: PageDescriptor.noFrame)
  @usableFromInline var tails = InlineArray<77, UInt32>(repeating: PageDescriptor.noFrame)
  @usableFromInline var counts = InlineArray<77, UInt32>(repeating: 0)
  @usableFromInline var orders = InlineArray<7, UInt32>(repeating: 0)
  @usableFromInline var frames = InlineArray<7, Int>(repeating: 0)

  static var count: Int { 77 }
  static var typeCount: Int { 7 }

  init() {}

  @inline(always)
  @inlinable
  static func index(_ order: Int, _ type: Int) -> Int { type &* 11 &+ order }

  /// Marks a block free and lists it, first or last of its kind.
  @inline(always)
  @inlinable
  mutating func insert(
    _ frame: Int, _ order: Int, _ type: Int, atTail: Bool,
    _ pages: inout MutableSpan<PageDescriptor>
  ) {
    let list = Self.index(order, type)
    let number = UInt32(truncatingIfNeeded: frame)
    pages[frame].block = .free(order, type)
    let end = atTail ? tails[list] : heads[list]
    pages[frame].next = atTail ? PageDescriptor.noFrame : end
    pages[frame].previous = atTail ? end : PageDescriptor.noFrame
    if end == PageDescriptor.noFrame {
      heads[list] = number
      tails[list] = number
      orders[type] |= 1 &<< UInt32(truncatingIfNeeded: order)
    } else if atTail {
      pages[Int(end)].next = number
      tails[list] = number
    } else {
      pages[Int(end)].previous = number
      heads[list] = number
    }
    counts[list] &+= 1
    frames[type] &+= 1 &<< order
  }

  /// Takes a block off the list that its mark names, and the mark away.
  @inline(always)
  @inlinable
  mutating func remove(_ frame: Int, _ pages: inout MutableSpan<PageDescriptor>) {
    let mark = pages[frame].block
    let order = mark.order
    let type = mark.type
    let list = Self.index(order, type)
    let next = pages[frame].next
    let previous = pages[frame].previous
    if next == PageDescriptor.noFrame {
      tails[list] = previous
    } else {
      pages[Int(next)].previous = previous
    }
    if previous == PageDescriptor.noFrame {
      heads[list] = next
      if next == PageDescriptor.noFrame {
        orders[type] &= ~(1 &<< UInt32(truncatingIfNeeded: order))
      }
    } else {
      pages[Int(previous)].next = next
    }
    pages[frame].block = .none
    counts[list] &-= 1
    frames[type] &-= 1 &<< order
  }
}
