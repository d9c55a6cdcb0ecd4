import Glibc
import MemoryUnits
import PageFrames
import Testing

/// Gives the processor away before every atomic step.
struct YieldingSteps: AtomicSteps {
  func willTake(_ step: AtomicStep) { sched_yield() }
}

@Suite("Threads hammer an allocator, then every level of it is sound")
struct RowBuddyThreadTests {
  static let rounds = isSanitized ? 2 : isLong ? 40 : 4

  @Test("RowBuddy, 4 and 8 threads", arguments: [4, 8], 1...3 as ClosedRange<UInt64>)
  func rowBuddy(threads: Int, seed: UInt64) {
    let hammer = Hammer(seed: seed, threads: threads, rounds: Self.rounds)
    let failure = hammer.failure { range, cores in RowBuddy(range, coreCount: cores) }
    #expect(failure == nil)
  }

  @Test("RowBuddy that yields at every atomic step", arguments: 1...2 as ClosedRange<UInt64>)
  func yielding(seed: UInt64) {
    var hammer = Hammer(seed: seed, threads: 4, rounds: isLong && !isSanitized ? 20 : 2)
    hammer.range = FrameRange(start: FrameNumber(1024), count: 2048)
    hammer.steps = 1000
    let failure = hammer.failure { range, cores in
      RowBuddy(range, coreCount: cores, steps: YieldingSteps())
    }
    #expect(failure == nil)
  }

  @Test("an allocator that chooses and takes in two steps is caught")
  func teeth() {
    var hammer = Hammer(seed: 1, threads: 4, rounds: 1)
    hammer.range = FrameRange(start: FrameNumber(1024), count: 256)
    let failure = hammer.failure { range, _ in
      ObviousAllocator(range, steps: YieldingSteps(), fault: .takesLate)
    }
    #expect(failure != nil)
  }
}

/// A suite of its own, because the thread sanitizer is kept from it: the locks lie inside of what they
/// protect, and it takes that for one variable.
@Suite("Threads hammer list buddies, then every level of them is sound")
struct ListBuddyThreadTests {
  @Test("ListBuddy with per-CPU lists")
  func listBuddy() {
    let hammer = Hammer(seed: 1, threads: 4, rounds: RowBuddyThreadTests.rounds)
    let table = FrameTable(frameCount: 6000)
    let failure = hammer.failure { range, cores in
      PerCPUListBuddy(range, in: table, coreCount: cores)
    }
    #expect(failure == nil)
  }
}
