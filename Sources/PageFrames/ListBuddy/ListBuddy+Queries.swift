public import MemoryUnits

extension ListBuddy {
  public var marksBlocks: Bool { true }

  @inlinable
  public func freeBlock(startingAt frame: FrameNumber) -> Order? {
    guard range.contains(frame) else { return nil }
    if fresh.contains(frame.index) { return frame.isAligned(to: .maximum) ? .maximum : nil }
    let descriptors = unsafe self.descriptors
    let mark = unsafe descriptors.span[frame.index].block
    return mark.isFree ? Order(mark.order) : nil
  }

  @inlinable
  public func freeBlock(containing frame: FrameNumber) -> Order? {
    guard range.contains(frame) else { return nil }
    let mark = mark(ofBlockContaining: frame.index)
    return mark.isFree ? Order(mark.order) : nil
  }

  /// The order of the allocated block that contains `frame`; nil when the frame is not allocated.
  /// A block that was freed in part counts in its remaining parts.
  @inlinable
  public func allocatedBlock(containing frame: FrameNumber) -> Order? {
    guard range.contains(frame) else { return nil }
    let mark = mark(ofBlockContaining: frame.index)
    return mark.isAllocated ? Order(mark.order) : nil
  }

  @inlinable
  func mark(ofBlockContaining frame: Int) -> BlockMark {
    if fresh.contains(frame) { return .free(Order.maximum.index) }
    let descriptors = unsafe self.descriptors
    let pages = unsafe descriptors.mutableSpan
    return pages[block(containing: frame, pages)].block
  }

  @inlinable
  public func freeBlockCount(_ order: Order) -> Int {
    guard order.index < Order.allocatorCount else { return 0 }
    let fresh = order == .maximum ? fresh.count &>> Order.maximum.index : 0
    return Int(lists.counts[order.index]) &+ fresh
  }

  public func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) {
    let descriptors = unsafe self.descriptors
    let pages = unsafe descriptors.span
    for order in 0..<Order.allocatorCount {
      var frame = lists.heads[order]
      while frame != PageDescriptor.noFrame {
        body(FrameNumber(rawValue: frame), Order(order))
        frame = pages[Int(frame)].next
      }
    }
    for frame in stride(from: fresh.lowerBound, to: fresh.upperBound, by: Order.maximum.frameCount)
    {
      body(FrameNumber(frame), .maximum)
    }
  }
}
