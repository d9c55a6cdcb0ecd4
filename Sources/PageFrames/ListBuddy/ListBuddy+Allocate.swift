public import MemoryUnits

extension ListBuddy {
  @inlinable
  public mutating func allocate(
    _ order: Order, _ frameClass: FrameClass, core: Int
  ) -> FrameNumber? {
    var found = lists.smallestOrder(atLeast: order.index)
    if found >= Order.allocatorCount || order.index >= Order.allocatorCount {
      guard order.index < Order.allocatorCount, listFreshBlock() else {
        tally.failed &+= 1
        return nil
      }
      found = Order.maximum.index
    }
    // The array is mapped as long as `storage`; the span checks every index.
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let frame = lists.pop(found, &pages)
    var current = found
    // The lists below are empty, or the block would have come from there: no placement matters.
    while current > order.index {
      observer.didSplit(FrameNumber(rawValue: UInt32(truncatingIfNeeded: frame)), Order(current))
      current &-= 1
      lists.start(frame &+ (1 &<< current), current, &pages)
    }
    lists.nonEmpty |= (1 &<< UInt32(truncatingIfNeeded: found)) &- (1 &<< UInt32(order.rawValue))
    pages[frame].block = .allocated(order.index)
    freeCount &-= order.frameCount
    tally.allocations &+= 1
    tally.splits &+= UInt64(truncatingIfNeeded: found &- order.index)
    let number = FrameNumber(rawValue: UInt32(truncatingIfNeeded: frame))
    observer.didAllocate(number, order, frameClass, core: core)
    return number
  }
}
