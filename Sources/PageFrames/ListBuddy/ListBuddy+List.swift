import MemoryUnits

extension ListBuddy {
  /// Marks the block free and lists it where the placement has it.
  @inline(always)
  @inlinable
  mutating func insert(_ frame: Int, _ order: Int, _ pages: inout MutableSpan<PageDescriptor>) {
    if placement == .newestFirst {
      lists.push(frame, order, &pages)
    } else {
      insertSorted(frame, order)
    }
  }

  /// Inserts behind the last block below `frame`, into a list that is sorted by address. Takes the
  /// descriptors from `self`: an address of the caller's span would keep it out of registers.
  @inline(never)
  @usableFromInline
  mutating func insertSorted(_ frame: Int, _ order: Int) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    var lower = PageDescriptor.noFrame
    var higher = lists.heads[order]
    while higher != PageDescriptor.noFrame, Int(higher) < frame {
      lower = higher
      higher = pages[Int(higher)].next
    }
    guard lower != PageDescriptor.noFrame else { return lists.push(frame, order, &pages) }
    let number = UInt32(truncatingIfNeeded: frame)
    lists.counts[order] &+= 1
    pages[Int(lower)].next = number
    pages[frame].next = higher
    pages[frame].previous = lower
    pages[frame].block = .free(order)
    if higher != PageDescriptor.noFrame { pages[Int(higher)].previous = number }
  }
}
