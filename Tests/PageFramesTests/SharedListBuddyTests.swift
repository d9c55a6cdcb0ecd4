import Foundation
import MemoryUnits
import PageFrames
import Testing

@Suite("List buddies that threads share")
struct SharedListBuddyTests {
  static let range = FrameRange(start: FrameNumber(700), count: 5000)

  /// Random requests, checked against a plain flag per frame; everything comes back.
  private func hammer<Allocator: SharedFrameAllocator & ~Copyable>(
    _ allocator: borrowing Allocator, seed: UInt64, core: Int = 0, steps: Int = 20_000,
    model: Bool = true
  ) -> (allocations: UInt64, failures: UInt64) {
    var done: (allocations: UInt64, failures: UInt64) = (0, 0)
    var generator = SplitMix64(seed: seed)
    var live: [(FrameNumber, Order)] = []
    var taken = Set<Int>()
    for step in 0..<steps {
      if generator.next(upperBound: 16) < (step / 500 % 2 == 0 ? 12 : 4) {
        let order = Order(Int(generator.next(upperBound: generator.next(upperBound: 11) + 1)))
        guard let frame = allocator.allocate(order, .movable, core: core) else {
          done.failures += 1
          continue
        }
        done.allocations += 1
        live.append((frame, order))
        guard model else { continue }
        for index in frame.index..<frame.index + order.frameCount {
          #expect(taken.insert(index).inserted, "seed \(seed), step \(step)")
        }
        #expect(frame.isAligned(to: order))
      } else if !live.isEmpty {
        live.swapAt(Int(generator.next(upperBound: UInt64(live.count))), live.count - 1)
        let (frame, order) = live.removeLast()
        for index in frame.index..<frame.index + order.frameCount { taken.remove(index) }
        // Now and then in two halves.
        if order > .base, generator.next(upperBound: 4) == 0 {
          let half = Order(order.index - 1)
          allocator.free(frame.buddy(half), half, core: core)
          allocator.free(frame, half, core: core)
        } else {
          allocator.free(frame, order, core: core)
        }
      }
      if model, step % 1000 == 0 {
        #expect(allocator.freeFrames == allocator.range.count - taken.count)
      }
    }
    for (frame, order) in live { allocator.free(frame, order, core: core) }
    return done
  }

  @Test("random requests and frees, partial ones too", arguments: 1...8 as ClosedRange<UInt64>)
  func random(seed: UInt64) {
    let table = FrameTable(frameCount: 6000)
    let locked = LockedListBuddy(Self.range, in: table)
    _ = hammer(locked, seed: seed)
    locked.validate()
    let perCPUTable = FrameTable(frameCount: 6000)
    let perCPU = PerCPUListBuddy(Self.range, in: perCPUTable, coreCount: 2)
    let done = hammer(perCPU, seed: seed, core: 1)
    #expect(perCPU.freeFrames == Self.range.count)
    perCPU.validate()
    #expect(perCPU.heldFrames == 0)
    let counters = perCPU.counters
    #expect(counters.allocations == done.allocations && counters.failed == done.failures)
    #expect(counters.splits == counters.merges)
  }

  @Test("exhaustion is exact: what another core holds is found before a request fails")
  func exhaustion() {
    let table = FrameTable(frameCount: 1024)
    let range = FrameRange(start: FrameNumber(0), count: 1024)
    let buddy = PerCPUListBuddy(range, in: table, coreCount: 3)
    let first = buddy.allocate(.base, .movable, core: 0)
    #expect(buddy.heldFrames == 62 && buddy.freeFrames == 1023)
    var count = 0
    while buddy.allocate(.base, .movable, core: 1) != nil { count += 1 }
    #expect(count == 1023 && buddy.freeFrames == 0)
    for frame in 0..<1024 { buddy.free(FrameNumber(frame), .base, core: frame % 3) }
    #expect(first != nil && buddy.heldFrames > 0)
    #expect(buddy.allocate(.maximum, .movable, core: 2) == FrameNumber(0))
    #expect(buddy.allocate(.base, .movable, core: 2) == nil)
    #expect(buddy.counters.failed == 2)
  }

  @Test("a core holds at most six batches, and any thread can drain it")
  func heldFrames() {
    let table = FrameTable(frameCount: 4096)
    let buddy = PerCPUListBuddy(
      FrameRange(start: FrameNumber(0), count: 4096), in: table, coreCount: 1)
    var frames: [FrameNumber] = []
    while let frame = buddy.allocate(.base, .movable, core: 0) { frames.append(frame) }
    for frame in frames {
      buddy.free(frame, .base, core: 0)
      #expect(buddy.heldFrames <= 6 * 63)
    }
    buddy.drain(core: 0)
    #expect(buddy.heldFrames == 0 && buddy.freeBlockCount(.maximum) == 4)
  }

  @Test("threads on all cores, then every frame is back and the lists are sound")
  func threads() async {
    let table = FrameTable(frameCount: 6000)
    let shared = SharedBuddy(PerCPUListBuddy(Self.range, in: table, coreCount: 4))
    await withTaskGroup { group in
      for core in 0..<4 {
        group.addTask {
          _ = self.hammer(
            shared.buddy, seed: UInt64(core) + 100, core: core, steps: 50_000, model: false)
        }
      }
      group.addTask { for _ in 0..<50 { for core in 0..<4 { shared.buddy.drain(core: core) } } }
    }
    #expect(shared.buddy.freeFrames == Self.range.count)
    shared.buddy.validate()
  }

  final class SharedBuddy: Sendable {
    let buddy: PerCPUListBuddy
    init(_ buddy: consuming PerCPUListBuddy) { self.buddy = buddy }
  }

  @Test("a second free is found while the frame lies in a core's list, and of a part too")
  func doubleFree() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let table = FrameTable(frameCount: 1024)
      let buddy = PerCPUListBuddy(
        FrameRange(start: FrameNumber(0), count: 1024), in: table, coreCount: 2)
      guard let frame = buddy.allocate(.base, .movable, core: 0) else { return }
      buddy.free(frame, .base, core: 0)
      buddy.free(frame, .base, core: 1)
    }
    #expect(FaultTests.line(result) == "framelab: double free: frame 62, order 0\n")
  }
}
