public import MemoryUnits

extension LinuxBuddy {
  @inlinable
  public mutating func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    let offset = frame.index &- range.start.index
    guard offset >= 0, order.index < Order.allocatorCount,
      offset &+ order.frameCount <= range.count
    else { frameFault("free out of range", frame: frame.index, order: order.index) }
    guard UInt(bitPattern: core) < UInt(bitPattern: coreCount) else {
      frameFault("no such core", frame: core, order: order.index)
    }
    let descriptors = unsafe self.descriptors
    let pages = unsafe descriptors.span
    if !pages[frame.index].block.isOwned(order.index) { isolate(frame, order) }
    freeCount &+= order.frameCount
    tally.frees &+= 1
    if policy.pcp, order.index < CoreCache.orderCount || order.index == hugeOrder {
      // High-atomic and contiguous areas lend: their frames go to the movable list (`free_unref_page`).
      let type = pageblockType(frame.index)
      if type < Int(Migratetype.isolatedFrom) {
        freeIntoCache(frame.index, order.index, type, core)
      } else if type != Int(Migratetype.isolate.rawValue) {
        freeIntoCache(frame.index, order.index, Int(Migratetype.movable.rawValue), core)
      } else {
        freeDirectly(frame.index, order.index)
      }
    } else {
      freeDirectly(frame.index, order.index)
    }
    observer.didFree(frame, order, core: core)
  }

  /// Gives a block to the free lists, past all cores' lists. Blocks above pageblock order are given by
  /// pageblocks, each to its own type (6.10, `split_large_buddy`).
  @inline(never)
  @usableFromInline
  mutating func freeDirectly(_ frame: Int, _ order: Int) {
    let zone = zoneIndex(of: frame)
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let part = policy.fallback == .movesPages ? order : min(order, pageblockOrder)
    for current in stride(from: order, to: part, by: -1) {
      for head in stride(from: frame, to: frame + 1 << order, by: 1 << current) {
        observer.didSplit(FrameNumber(head), Order(current))
        tally.splits &+= 1
      }
    }
    pages[frame].block = .none
    for start in stride(from: frame, to: frame + 1 << order, by: 1 << part) {
      merge(zone, start, part, pageblockType(start), &pages)
    }
    if unsafe zones[zone].isBelowHigh, isAboveHigh(zone) {
      unsafe zones[zone].isBelowHigh = false
    }
  }

  /// Makes a block that is in no list free, together with every free buddy that it may merge with
  /// (`__free_one_page`).
  mutating func merge(
    _ zone: Int, _ start: Int, _ order: Int, _ startType: Int,
    _ pages: inout MutableSpan<PageDescriptor>
  ) {
    var frame = start
    var current = order
    var type = startType
    while current < Order.maximum.index {
      let buddy = frame ^ 1 << current
      guard unsafe zones[zone].contains(buddy), isFree(buddy, current, pages) else { break }
      if current >= pageblockOrder {
        if separation == .superpageblocks { type = typeOfFree(frame, current, type) }
        let other = pageblockType(buddy)
        if other != type {
          let limit = Int(Migratetype.isolatedFrom)
          guard type < limit, other < limit, !isBorder(type, other) else { break }
          // The buddy takes the type of the block (6.10), so that lists and pageblocks agree.
          if policy.fallback != .movesPages { setPageblockTypes(buddy, current, type) }
        }
      }
      unsafe zones[zone].lists.remove(buddy, &pages)
      frame &= buddy
      observer.didMerge(FrameNumber(frame), Order(current))
      current += 1
    }
    tally.merges &+= UInt64(current - order)
    let isWholeFree = current >= pageblockOrder && separation == .superpageblocks
    if isWholeFree { type = typeOfFree(frame, current, type) }
    unsafe zones[zone].lists.insert(
      frame, current, type, atTail: isMergeLikely(zone, frame, current, pages), &pages)
    if isWholeFree { cleanIfPossible(zone, frame) }
  }

  /// Whether the buddy of the next order is free, so that the block may still merge twice
  /// (`buddy_merge_likely`).
  private func isMergeLikely(
    _ zone: Int, _ frame: Int, _ order: Int, _ pages: borrowing MutableSpan<PageDescriptor>
  ) -> Bool {
    guard policy.buddyMergeLikely, order < Order.maximum.index - 1 else { return false }
    let higher = (frame & ~(1 << order)) ^ 1 << (order + 1)
    return unsafe zones[zone].contains(higher) && isFree(higher, order + 1, pages)
  }

  /// Whether a free block of an order begins here. Not asked about fresh frames: their blocks are
  /// whole.
  private func isFree(
    _ frame: Int, _ order: Int, _ pages: borrowing MutableSpan<PageDescriptor>
  ) -> Bool {
    let mark = pages[frame].block
    return mark.isFree && mark.order == order
  }

  /// The rare case of a free that does not name an allocated block: cuts the larger block that contains
  /// it, so that it becomes one; ends the process when there is none.
  @inline(never)
  @usableFromInline
  mutating func isolate(_ frame: FrameNumber, _ order: Order) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    guard frame.isAligned(to: order) else {
      frameFault("free of a misaligned block", frame: frame.index, order: order.index)
    }
    guard !isFresh(frame.index) else {
      frameFault("double free", frame: frame.index, order: order.index)
    }
    var head = block(containing: frame.index)
    let mark = pages[head].block
    guard mark.isOwned else { frameFault("double free", frame: frame.index, order: order.index) }
    guard mark.order > order.index else {
      frameFault("free with a wrong order", frame: frame.index, order: order.index)
    }
    var current = mark.order
    while current > order.index {
      observer.didSplit(FrameNumber(head), Order(current))
      current -= 1
      let upper = head + 1 << current
      pages[head].block = .allocated(current, mark.frameClass)
      pages[upper].block = .allocated(current, mark.frameClass)
      if frame.index >= upper { head = upper }
      tally.splits &+= 1
    }
  }

  /// The first frame of the block, free or not, that contains a frame that is not fresh.
  func block(containing frame: Int) -> Int {
    for order in 0..<Order.allocatorCount {
      // Frames before the head inside the same aligned block carry no mark, so the first mark found
      // downwards is the right one.
      let head = (frame >> order) << order
      guard head >= range.start.index else { break }
      if mark(head) != .none { return head }
    }
    frameFault("no block holds the frame", frame: frame, order: 0)
  }

  func mark(_ frame: Int) -> BlockMark {
    let descriptors = unsafe self.descriptors
    return unsafe descriptors.span[frame].block
  }
}
