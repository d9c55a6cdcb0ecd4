public import MemoryUnits

extension ListBuddy {
  public mutating func claim(_ frames: FrameRange) -> Bool {
    guard range.contains(frames), frames.count >= 0 else {
      frameFault("claim out of range", frame: frames.start.index, order: 0)
    }
    let end = frames.start.index + frames.count
    listFresh(below: end)
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    var frame = frames.start.index
    while frame < end {
      let head = block(containing: frame, pages)
      guard pages[head].block.isFree else { return false }
      frame = head + 1 << pages[head].block.order
    }
    frame = frames.start.index
    while frame < end {
      let head = block(containing: frame, pages)
      let order = pages[head].block.order
      lists.remove(head, order, &pages)
      pages[head].block = .none
      cut(head, order, claiming: frames.start.index..<end, &pages)
      frame = head + 1 << order
    }
    freeCount -= frames.count
    return true
  }

  /// Cuts a block that is in no list into allocated parts inside `claimed` and free parts outside.
  private mutating func cut(
    _ head: Int, _ order: Int, claiming claimed: Range<Int>,
    _ pages: inout MutableSpan<PageDescriptor>
  ) {
    let frames = head..<head + 1 << order
    if claimed.lowerBound <= frames.lowerBound, frames.upperBound <= claimed.upperBound {
      pages[head].block = .allocated(order)
    } else if !claimed.overlaps(frames) {
      insert(head, order, &pages)
    } else {
      observer.didSplit(FrameNumber(head), Order(order))
      tally.splits += 1
      // The upper half first, so that the lower one is handed out first.
      cut(head + 1 << (order - 1), order - 1, claiming: claimed, &pages)
      cut(head, order - 1, claiming: claimed, &pages)
    }
  }

  public mutating func release(_ frames: FrameRange) {
    guard range.contains(frames), frames.count >= 0 else {
      frameFault("release out of range", frame: frames.start.index, order: 0)
    }
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let end = frames.start.index + frames.count
    var frame = frames.start.index
    while frame < end {
      guard !fresh.contains(frame) else {
        frameFault("release of a free frame", frame: frame, order: Order.maximum.index)
      }
      let head = block(containing: frame, pages)
      let mark = pages[head].block
      guard mark.isAllocated else {
        frameFault("release of a free frame", frame: frame, order: mark.order)
      }
      frame = head + 1 << mark.order
    }
    frame = frames.start.index
    while frame < end {
      let head = block(containing: frame, pages)
      let order = pages[head].block.order
      cut(head, order, releasing: frames.start.index..<end, &pages)
      frame = head + 1 << order
    }
    freeCount += frames.count
  }

  /// Cuts an allocated block into parts inside `released`, which become free, and parts outside.
  private mutating func cut(
    _ head: Int, _ order: Int, releasing released: Range<Int>,
    _ pages: inout MutableSpan<PageDescriptor>
  ) {
    let frames = head..<head + 1 << order
    if released.lowerBound <= frames.lowerBound, frames.upperBound <= released.upperBound {
      merge(head, order, &pages)
    } else if !released.overlaps(frames) {
      pages[head].block = .allocated(order)
    } else {
      observer.didSplit(FrameNumber(head), Order(order))
      tally.splits += 1
      pages[head].block = .none
      cut(head, order - 1, releasing: released, &pages)
      cut(head + 1 << (order - 1), order - 1, releasing: released, &pages)
    }
  }

  /// Nothing to do: this allocator holds nothing back for cores.
  @inlinable
  public mutating func drain(core: Int) {}
}
