import MemoryUnits
import PageFrames
import Testing

@Suite(
  "Seeded interleavings of atomic steps on small worlds: every answer is explained by an order")
struct LinearizabilityTests {
  static func firstFailure<Allocator: SharedFrameAllocator & ~Copyable>(
    _ seeds: Range<UInt64>, _ make: (FrameRange, Int, ScheduledSteps) -> Allocator
  ) -> String? {
    for seed in seeds {
      if let failure = SmallWorld(seed: seed).failure(make) { return failure }
    }
    return nil
  }

  @Test("RowBuddy: 4,000 seeds (200,000 with FRAMELAB_LONG=1)", arguments: 0..<4)
  func rowBuddy(part: UInt64) {
    let count: UInt64 = isSanitized ? 250 : isLong ? 50_000 : 1000
    let failure = Self.firstFailure(part * count..<(part + 1) * count) { range, cores, steps in
      RowBuddy(range, coreCount: cores, steps: steps)
    }
    #expect(failure == nil)
  }

  @Test("an obvious allocator passes")
  func obvious() {
    let failure = Self.firstFailure(0..<500) { range, _, steps in
      ObviousAllocator(range, steps: steps, fault: nil)
    }
    #expect(failure == nil)
  }

  @Test(
    "faults that need threads, or that hide frames, are found",
    arguments: ObviousAllocator<ScheduledSteps>.Fault.allCases)
  func faults(fault: ObviousAllocator<ScheduledSteps>.Fault) {
    let failure = Self.firstFailure(0..<2000) { range, _, steps in
      ObviousAllocator(range, steps: steps, fault: fault)
    }
    #expect(failure != nil)
  }

  @Test("a seed gives the same history again", arguments: 0..<20 as Range<UInt64>)
  func deterministic(seed: UInt64) {
    let world = SmallWorld(seed: seed)
    let make = { (range: FrameRange, _: Int, steps: ScheduledSteps) in
      ObviousAllocator(range, steps: steps, fault: .takesLate)
    }
    #expect(world.failure(make) == world.failure(make))
  }
}
