public import MemoryUnits

extension PerCPUListBuddy {
  // Both are inlined into their callers: a call would copy the allocator's fields each time.
  @inline(__always)
  @inlinable
  public func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber? {
    let index = order.index
    guard index < CoreLists.orderCount else { return allocateShared(order, frameClass, core) }
    let frame = locked(core) { lists in
      if lists.isEmpty(index), !refill(&lists, order, core) { return -1 }
      lists.allocations &+= 1
      let frame = lists.popNewest(index)
      setMark(frame, .allocated(index))
      return frame
    }
    if frame < 0 { return allocateLast(order, frameClass, core) }
    return FrameNumber(rawValue: UInt32(truncatingIfNeeded: frame))
  }

  @inline(__always)
  @inlinable
  public func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    let index = order.index
    guard index < CoreLists.orderCount else { return freeShared(frame, order, core) }
    let offset = frame.index &- range.start.index
    guard offset >= 0, offset &+ order.frameCount <= range.count else {
      frameFault("free out of range", frame: frame.index, order: index)
    }
    if mark(frame.index) != .allocated(index) { isolate(frame, order) }
    locked(core) { lists in
      setMark(frame.index, .held(index))
      lists.frees &+= 1
      lists.push(frame.index, index)
      if lists.frames > CoreLists.high { giveBack(&lists, index, core) }
    }
  }

  /// Takes a batch from the buddy system, at least one block; false when it has none.
  @inline(never)
  @usableFromInline
  func refill(_ lists: inout CoreLists, _ order: Order, _ core: Int) -> Bool {
    var wanted = max(CoreLists.batch >> order.index, 1)
    buddy.locked { buddy in
      while wanted > 0, let frame = buddy.allocate(order, .movable, core: core) {
        setMark(frame.index, .held(order.index))
        lists.push(frame.index, order.index)
        lists.refilled &+= 1
        wanted -= 1
      }
      // Not a request that failed yet.
      if wanted > 0 { buddy.tally.failed &-= 1 }
    }
    return !lists.isEmpty(order.index)
  }

  /// Gives the oldest batch of a list back.
  @inline(never)
  @usableFromInline
  func giveBack(_ lists: inout CoreLists, _ order: Int, _ core: Int) {
    give(&lists, order, blocks: max(CoreLists.batch >> order, 1), core)
  }

  private func give(_ lists: inout CoreLists, _ order: Int, blocks: Int, _ core: Int) {
    var left = blocks
    buddy.locked { buddy in
      while left > 0, !lists.isEmpty(order) {
        let frame = lists.popOldest(order)
        setMark(frame, .allocated(order))
        buddy.free(FrameNumber(frame), Order(order), core: core)
        lists.returned &+= 1
        left -= 1
      }
    }
  }

  /// Gives back all that a locked core holds.
  private func empty(_ lists: inout CoreLists, _ core: Int) {
    for order in 0..<CoreLists.orderCount { give(&lists, order, blocks: .max, core) }
  }

  public func drain(core: Int) { locked(core) { empty(&$0, core) } }

  /// Runs `body` while every core stands still and holds nothing.
  func alone<Result>(_ body: (inout ListBuddy<NoObserver>) -> Result) -> Result {
    for core in 0..<coreCount {
      unsafe cores[core].lock.lock()
      unsafe empty(&cores[core], core)
    }
    let result = buddy.locked(body)
    for core in 0..<coreCount { unsafe cores[core].lock.unlock() }
    return result
  }

  @inline(never)
  @usableFromInline
  func allocateShared(_ order: Order, _ frameClass: FrameClass, _ core: Int) -> FrameNumber? {
    let frame = buddy.locked { buddy in
      let frame = buddy.allocate(order, frameClass, core: core)
      if frame == nil { buddy.tally.failed &-= 1 }
      return frame
    }
    return frame ?? allocateLast(order, frameClass, core)
  }

  /// The buddy system had nothing: what cores hold may be, or become, a block that is large enough.
  @inline(never)
  @usableFromInline
  func allocateLast(_ order: Order, _ frameClass: FrameClass, _ core: Int) -> FrameNumber? {
    alone { $0.allocate(order, frameClass, core: core) }
  }

  @inline(never)
  @usableFromInline
  func freeShared(_ frame: FrameNumber, _ order: Order, _ core: Int) {
    if range.contains(frame), mark(frame.index).isHeld {
      frameFault("double free", frame: frame.index, order: order.index)
    }
    buddy.free(frame, order, core: core)
  }

  /// The rare case of a free that does not name an allocated block: cuts the larger block that
  /// contains it, or ends the process.
  @inline(never)
  @usableFromInline
  func isolate(_ frame: FrameNumber, _ order: Order) {
    buddy.locked { buddy in
      // Another thread may have cut the same block between the caller's look and the lock.
      let mark = self.mark(frame.index)
      if mark == .allocated(order.index) { return }
      if mark.isHeld { frameFault("double free", frame: frame.index, order: order.index) }
      buddy.isolate(frame, order)
    }
  }
}
