public import MemoryUnits

extension LinuxBuddy {
  /// As for requests of movable frames. When cores hold some of the frames, all cores are drained first
  /// (`alloc_contig_range` does so too). Isolated frames can be claimed, by whoever isolated them.
  public mutating func claim(_ frames: FrameRange) -> Bool {
    guard range.contains(frames), frames.count >= 0 else {
      frameFault("claim out of range", frame: frames.start.index, order: 0)
    }
    let end = frames.start.index + frames.count
    for zone in 0..<zoneCount { listFresh(zone, below: min(end, unsafe zones[zone].end)) }
    if !isAllFree(frames.start.index..<end, heldToo: false) {
      guard isAllFree(frames.start.index..<end, heldToo: true) else { return false }
      for core in 0..<coreCount { drain(core: core) }
    }
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    var frame = frames.start.index
    while frame < end {
      let head = block(containing: frame)
      let mark = pages[head].block
      let zone = zoneIndex(of: head)
      unsafe zones[zone].lists.remove(head, &pages)
      cut(zone, head, mark.order, mark.type, claiming: frames.start.index..<end, &pages)
      frame = head + 1 << mark.order
    }
    freeCount -= frames.count
    return true
  }

  private func isAllFree(_ frames: Range<Int>, heldToo: Bool) -> Bool {
    var frame = frames.lowerBound
    while frame < frames.upperBound {
      let head = block(containing: frame)
      let mark = mark(head)
      guard mark.isFree || heldToo && mark.isHeld else { return false }
      frame = head + 1 << mark.order
    }
    return true
  }

  /// Cuts a block that is in no list into allocated parts inside `claimed` and free parts outside.
  private mutating func cut(
    _ zone: Int, _ head: Int, _ order: Int, _ type: Int, claiming claimed: Range<Int>,
    _ pages: inout MutableSpan<PageDescriptor>
  ) {
    let frames = head..<head + 1 << order
    if claimed.lowerBound <= frames.lowerBound, frames.upperBound <= claimed.upperBound {
      pages[head].block = .allocated(order, .movable)
    } else if !claimed.overlaps(frames) {
      unsafe zones[zone].lists.insert(head, order, type, atTail: false, &pages)
    } else {
      observer.didSplit(FrameNumber(head), Order(order))
      tally.splits += 1
      // The upper half first, so that the lower one is handed out first.
      cut(zone, head + 1 << (order - 1), order - 1, type, claiming: claimed, &pages)
      cut(zone, head, order - 1, type, claiming: claimed, &pages)
    }
  }

  /// Past all cores' lists.
  public mutating func release(_ frames: FrameRange) {
    guard range.contains(frames), frames.count >= 0 else {
      frameFault("release out of range", frame: frames.start.index, order: 0)
    }
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let end = frames.start.index + frames.count
    var frame = frames.start.index
    while frame < end {
      guard !isFresh(frame) else {
        frameFault("release of a free frame", frame: frame, order: Order.maximum.index)
      }
      let head = block(containing: frame)
      let mark = pages[head].block
      guard mark.isOwned else {
        frameFault("release of a free frame", frame: frame, order: mark.order)
      }
      frame = head + 1 << mark.order
    }
    frame = frames.start.index
    while frame < end {
      let head = block(containing: frame)
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
      freeDirectly(head, order)
    } else if released.overlaps(frames) {
      observer.didSplit(FrameNumber(head), Order(order))
      tally.splits += 1
      let frameClass = pages[head].block.frameClass
      let upper = head + 1 << (order - 1)
      pages[head].block = .allocated(order - 1, frameClass)
      pages[upper].block = .allocated(order - 1, frameClass)
      cut(head, order - 1, releasing: released, &pages)
      cut(upper, order - 1, releasing: released, &pages)
    }
  }
}
