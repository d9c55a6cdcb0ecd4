public import MemoryUnits

extension ListBuddy {
  /// Frees in the largest aligned blocks that fit. The result is that of freeing frame by frame: until
  /// the last frame of such a block comes, its parts merge with nothing outside, and every list that they
  /// pass is left as it was.
  @inlinable
  public mutating func freeEach(_ frames: FrameRange, core: Int) {
    guard !Observer.isWatching else {
      for offset in 0..<frames.count { free(frames.start.advanced(by: offset), .base, core: core) }
      return
    }
    let first = frames.start.index
    guard first >= range.start.index, frames.count >= 0,
      first &+ frames.count <= range.start.index &+ range.count
    else { frameFault("free out of range", frame: first, order: 0) }
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let end = first &+ frames.count
    var frame = first
    while frame < end {
      let fit = Int.bitWidth &- 1 &- (end &- frame).leadingZeroBitCount
      let order = min(frame.trailingZeroBitCount, fit, Order.maximum.index)
      let next = frame &+ 1 &<< order
      for part in frame..<next {
        if pages[part].block != .allocated(0) { isolate(FrameNumber(part), .base) }
        pages[part].block = .none
      }
      merge(frame, order, &pages)
      tally.merges &+= UInt64(truncatingIfNeeded: 1 &<< order &- 1)
      frame = next
    }
    freeCount &+= frames.count
    tally.frees &+= UInt64(truncatingIfNeeded: frames.count)
  }
}
