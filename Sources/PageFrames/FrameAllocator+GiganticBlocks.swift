internal import MemoryUnits

extension FrameAllocator where Self: ~Copyable {
  /// Aligned 1 GiB blocks of which every frame is free. No free list has blocks of this order, so
  /// they are put together from all free blocks, in time proportional to the number of those.
  public func freeGiganticBlockCount() -> Int {
    let shift = Order.gigantic.index
    let first = range.start.index >> shift
    var freeFrames = [Int](repeating: 0, count: range.end.index >> shift - first + 1)
    forEachFreeBlock { frame, order in
      freeFrames[frame.index >> shift - first] += order.frameCount
    }
    var count = 0
    for free in freeFrames where free == Order.gigantic.frameCount { count += 1 }
    return count
  }
}
