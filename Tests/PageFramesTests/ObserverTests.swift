import MemoryUnits
import PageFrames
import Testing

/// Keeps a second set of books from nothing but the events.
struct Bookkeeper: FrameObserver {
  var blocks = AllocatorCounters()
  /// Free blocks by order, as far as events move them.
  var free = [Int](repeating: 0, count: 11)

  mutating func didAllocate(
    _ frame: FrameNumber, _ order: Order, _ frameClass: FrameClass, core: Int
  ) {
    blocks.allocations += 1
    free[order.index] -= 1
  }
  mutating func didFree(_ frame: FrameNumber, _ order: Order, core: Int) {
    blocks.frees += 1
    free[order.index] += 1
  }
  mutating func didSplit(_ frame: FrameNumber, _ order: Order) {
    blocks.splits += 1
    free[order.index] -= 1
    free[order.index - 1] += 2
  }
  mutating func didMerge(_ frame: FrameNumber, _ order: Order) {
    blocks.merges += 1
    free[order.index] -= 2
    free[order.index + 1] += 1
  }
}

@Suite("Observers")
struct ObserverTests {
  @Test("events alone give the counters and the free lists")
  func events() {
    let table = FrameTable(frameCount: 8192)
    var buddy = ListBuddy(
      FrameRange(start: FrameNumber(0), count: 8192), in: table, observer: Bookkeeper())
    buddy.observer.free[10] = 8
    var generator = SplitMix64(seed: 8)
    var live: [(FrameNumber, Order)] = []
    for _ in 0..<20_000 {
      if generator.next(upperBound: 2) == 0 {
        let order = Order(Int(min(10, generator.next().trailingZeroBitCount)))
        if let frame = buddy.allocate(order, .movable, core: 0) { live.append((frame, order)) }
      } else if !live.isEmpty {
        live.swapAt(Int(generator.next(upperBound: UInt64(live.count))), live.count - 1)
        let (frame, order) = live.removeLast()
        buddy.free(frame, order, core: 0)
      }
    }
    var expected = buddy.counters
    // A request that fails is no event: nothing happened to a block.
    expected.failed = 0
    #expect(buddy.observer.blocks == expected && expected.merges > 100)
    #expect(buddy.observer.free.map { UInt64($0) } == buddy.freeBlocksByOrder())
  }
}
