public import MemoryUnits

extension ListBuddy {
  @inlinable
  public mutating func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    let offset = frame.index &- range.start.index
    guard offset >= 0, order.index < Order.allocatorCount,
      offset &+ order.frameCount <= range.count
    else { frameFault("free out of range", frame: frame.index, order: order.index) }
    // The array is mapped as long as `storage`; the span checks every index.
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    if pages[frame.index].block != .allocated(order.index) {
      isolate(frame, order)
    }
    merge(frame.index, order.index, &pages)
    freeCount &+= order.frameCount
    tally.frees &+= 1
    observer.didFree(frame, order, core: core)
  }

  /// Makes an allocated block free, together with every free buddy on the way up.
  @inline(always)
  @inlinable
  mutating func merge(_ start: Int, _ order: Int, _ pages: inout MutableSpan<PageDescriptor>) {
    var frame = start
    var current = order
    pages[start].block = .none
    while current < Order.maximum.index {
      let buddy = frame ^ (1 &<< current)
      // One unsigned comparison: a buddy outside the zone may be another allocator's.
      guard
        UInt(bitPattern: buddy &- range.start.index) < UInt(bitPattern: range.count),
        pages[buddy].block == .free(current)
      else { break }
      lists.remove(buddy, current, &pages)
      pages[buddy].block = .none
      frame &= buddy
      observer.didMerge(FrameNumber(rawValue: UInt32(truncatingIfNeeded: frame)), Order(current))
      current &+= 1
    }
    tally.merges &+= UInt64(truncatingIfNeeded: current &- order)
    insert(frame, current, &pages)
  }

  /// The rare case of a free that does not name an allocated block: cuts the larger block that
  /// contains it, so that it becomes one; ends the process when there is none.
  @inline(never)
  @usableFromInline
  mutating func isolate(_ frame: FrameNumber, _ order: Order) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    guard frame.isAligned(to: order) else {
      frameFault("free of a misaligned block", frame: frame.index, order: order.index)
    }
    guard !fresh.contains(frame.index) else {
      frameFault("double free", frame: frame.index, order: order.index)
    }
    var head = block(containing: frame.index, pages)
    let mark = pages[head].block
    guard mark.isAllocated else {
      frameFault("double free", frame: frame.index, order: order.index)
    }
    guard mark.order > order.index else {
      frameFault("free with a wrong order", frame: frame.index, order: order.index)
    }
    var current = mark.order
    while current > order.index {
      observer.didSplit(FrameNumber(head), Order(current))
      current -= 1
      let upper = head + 1 << current
      pages[head].block = .allocated(current)
      pages[upper].block = .allocated(current)
      if frame.index >= upper { head = upper }
      tally.splits &+= 1
    }
  }

  /// The first frame of the block, free or allocated, that contains a frame of the zone that is not
  /// fresh.
  @inlinable
  func block(containing frame: Int, _ pages: borrowing MutableSpan<PageDescriptor>) -> Int {
    for order in 0..<Order.allocatorCount {
      // Frames before the head inside the same aligned block carry no mark, so the first mark found
      // downwards is the right one.
      let head = (frame &>> order) &<< order
      guard head >= range.start.index else { break }
      if pages[head].block != .none { return head }
    }
    frameFault("no block holds the frame", frame: frame, order: 0)
  }
}
