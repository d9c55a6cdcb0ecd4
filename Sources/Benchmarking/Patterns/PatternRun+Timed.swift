import MemoryUnits
import Synchronization

extension PatternRun where Subject: ~Copyable {
  /// The live blocks of a thread.
  func mine(_ thread: Int) -> UnsafeMutableBufferPointer<Subject.Block> {
    let slice = Slice.of(plan.liveBlocks, thread, plan.threads)
    return unsafe UnsafeMutableBufferPointer(
      start: blocks.start + resident + slice.lowerBound, count: slice.count)
  }

  /// Allocates all live blocks and checks them.
  func allocateLive(timed: Bool) throws(BenchmarkFault) {
    let result = withAll { run, thread in
      unsafe Loops.allocate(run.subject, run.mine(thread), run.order, core: thread)
    }
    guard result.count == plan.liveBlocks else {
      throw BenchmarkFault(
        .refused, "only \(result.count) of \(plan.liveBlocks) blocks of order \(plan.order)")
    }
    if timed { allocating.add(result, operations: plan.liveBlocks) }
    try checkLive()
  }

  /// Frees all live blocks.
  func freeLive(timed: Bool, reversed: Bool = false) {
    let result = withAll { run, thread in
      if reversed {
        unsafe Loops.freeReversed(run.subject, run.mine(thread), run.order, core: thread)
      } else {
        unsafe Loops.free(run.subject, run.mine(thread), run.order, core: thread)
      }
      return 0
    }
    if timed { freeing.add(result, operations: plan.liveBlocks) }
  }

  /// One round of the patterns that allocate and then free.
  func round(timed: Bool) throws(BenchmarkFault) {
    try allocateLive(timed: timed)
    if plan.pattern == .random || plan.pattern == .refill {
      blocks.shuffle(resident..<resident + plan.liveBlocks, &generator)
    }
    freeLive(timed: timed && plan.pattern != .refill, reversed: plan.pattern == .lifo)
  }

  func repeatPairs() throws(BenchmarkFault) {
    try allocateLive(timed: false)
    let count = plan.loopCount
    try probe()
    let result = withAll { run, thread in
      Loops.pairs(run.subject, count, run.order, core: thread)
    }
    guard result.count == count * plan.threads else {
      throw BenchmarkFault(.refused, "a block of order \(plan.order) of half-full memory")
    }
    pairing.add(result, operations: result.count)
    try probe()
    try checkLive()
    try proveLoop()
    freeLive(timed: false)
  }

  /// Every pass goes once over all live blocks in an order that was shuffled before it.
  func churn() throws(BenchmarkFault) {
    try allocateLive(timed: false)
    try probe()
    for _ in 0..<plan.rounds {
      blocks.shuffle(resident..<resident + plan.liveBlocks, &generator)
      let result = withAll { run, thread in
        unsafe Loops.replace(run.subject, run.mine(thread), run.order, core: thread)
      }
      guard result.count == plan.liveBlocks else {
        throw BenchmarkFault(.refused, "a block of order \(plan.order) of half-full memory")
      }
      pairing.add(result, operations: result.count)
    }
    try probe()
    try checkLive()
    try proveLoop()
    freeLive(timed: false)
  }

  /// Runs `body` in every thread.
  func withAll(
    _ body: @escaping @Sendable (PatternRun, Int) -> Int
  ) -> PhaseOutcome {
    let sum = Counter()
    let before = subject.atomicCount ?? 0
    let times = ThreadTeam.run(plan.threads) { thread in
      sum.value.add(body(self, thread), ordering: .relaxed)
    }
    return PhaseOutcome(
      count: sum.value.load(ordering: .relaxed), times: times,
      atomics: (subject.atomicCount ?? 0) - before)
  }
}

private final class Counter: Sendable {
  let value = Atomic<Int>(0)
}
