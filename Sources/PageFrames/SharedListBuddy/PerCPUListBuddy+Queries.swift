public import MemoryUnits

extension PerCPUListBuddy {
  public var marksBlocks: Bool { true }

  /// All cores are drained first.
  public func claim(_ frames: FrameRange) -> Bool { alone { $0.claim(frames) } }

  /// All cores are drained first.
  public func release(_ frames: FrameRange) { alone { $0.release(frames) } }

  public var heldFrames: Int {
    (0..<coreCount).reduce(0) { sum, core in sum + locked(core) { $0.frames } }
  }

  public var freeFrames: Int { buddy.freeFrames + heldFrames }

  /// Blocks that only moved between the buddy system and a core's list are not counted.
  public var counters: AllocatorCounters {
    var sum = buddy.counters
    for core in 0..<coreCount {
      locked(core) { lists in
        sum.allocations = sum.allocations &+ lists.allocations &- lists.refilled
        sum.frees = sum.frees &+ lists.frees &- lists.returned
      }
    }
    return sum
  }

  public func freeBlock(startingAt frame: FrameNumber) -> Order? {
    buddy.freeBlock(startingAt: frame)
  }

  /// Nil for a frame that a core holds.
  public func freeBlock(containing frame: FrameNumber) -> Order? {
    buddy.freeBlock(containing: frame)
  }

  public func freeBlockCount(_ order: Order) -> Int { buddy.freeBlockCount(order) }

  /// `body` must not call this allocator.
  public func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) {
    buddy.forEachFreeBlock(body)
  }

  /// Drains all cores and checks the buddy system; every list must hold what it counts.
  public func validate() {
    for core in 0..<coreCount {
      locked(core) { lists in
        var frames = 0
        for order in 0..<CoreLists.orderCount {
          for position in lists.oldest[order]..<lists.newest[order] {
            let frame = Int(lists.slots[CoreLists.slot(order, position)])
            guard mark(frame) == .held(order) else {
              frameFault("a block in a core's list that is not held", frame: frame, order: order)
            }
            frames += 1 << order
          }
        }
        guard frames == lists.frames else {
          frameFault("a wrong count of held frames", frame: frames, order: 0)
        }
      }
    }
    alone { $0.validate() }
  }
}
