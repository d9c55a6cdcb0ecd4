import MemoryUnits
import PageFrames

/// A sequence of random steps on one allocator, checked against the plain model.
struct ModelRun {
  var range: FrameRange
  var placement: FramePlacement
  var operations: [FrameOperation]
  /// Cores that the steps are spread over.
  var coreCount = 1
  /// Steps between two comparisons of everything.
  var stride = 512
  /// Whether cores give back what they hold before a comparison, so that free blocks have merged.
  var drains = false
  /// Whether the allocator checks itself after every step.
  var validates = false
  /// Picks one of several allocators.
  var variant = 0

  /// A machine of random shape, and steps that fill and empty it in waves.
  init(seed: UInt64, count: Int) {
    var generator = SplitMix64(seed: seed)
    let start = Int(generator.next(upperBound: 3000))
    let frames = 1 + Int(generator.next(upperBound: generator.next(upperBound: 2) == 0 ? 80 : 5000))
    range = FrameRange(start: FrameNumber(start), count: frames)
    placement = generator.next(upperBound: 8) == 0 ? .lowestAddressFirst : .newestFirst
    let wave = max(16, frames / 4)
    operations = (0..<count).map {
      FrameOperation.random(&generator, growing: $0 / wave % 2 == 0)
    }
  }

  /// The model of Linux on this machine.
  func listBuddy() -> ListBuddy<NoObserver> {
    let table = FrameTable(frameCount: range.start.index + range.count)
    return ListBuddy(range, in: table, placement: placement)
  }

  /// What went wrong and at which step, or nil.
  func failure<Allocator: FrameAllocator & ~Copyable>(
    _ make: (ModelRun) -> Allocator
  ) -> (step: Int, what: String)? {
    var allocator = make(self)
    var model = FrameModel(range)
    model.coreCount = coreCount
    for (step, operation) in operations.enumerated() {
      if let what = model.apply(operation, to: &allocator) { return (step, what) }
      if validates { allocator.validate() }
      guard step % stride == stride - 1 else { continue }
      drain(&allocator)
      if let what = model.compare(allocator) { return (step, what) }
    }
    // Theory T9: with everything given back, memory is whole and every split was undone.
    while let block = model.live.last {
      allocator.free(FrameNumber(block.frame), Order(block.order), core: 0)
      model.mark(block.frame..<block.frame + 1 << block.order, free: true)
      model.remove(block.frame)
    }
    drain(&allocator)
    if let what = model.compare(allocator) { return (operations.count, what) }
    let counters = allocator.counters
    return counters.splits == counters.merges
      ? nil : (operations.count, "\(counters.splits) splits, \(counters.merges) merges")
  }

  private func drain<Allocator: FrameAllocator & ~Copyable>(_ allocator: inout Allocator) {
    if drains { for core in 0..<coreCount { allocator.drain(core: core) } }
  }

  /// Leaves out steps, halves first and single ones last, as long as the run still fails.
  func shrunk<Allocator: FrameAllocator & ~Copyable>(
    _ make: (ModelRun) -> Allocator
  ) -> ModelRun {
    var run = self
    run.stride = 1
    guard let first = run.failure(make) else { return self }
    run.operations = Array(run.operations.prefix(first.step + 1))
    var length = run.operations.count / 2
    while length > 0 {
      var start = 0
      while start < run.operations.count {
        var candidate = run
        candidate.operations.removeSubrange(start..<min(start + length, run.operations.count))
        if let failure = candidate.failure(make) {
          candidate.operations = Array(candidate.operations.prefix(failure.step + 1))
          run = candidate
        } else {
          start += length
        }
      }
      length /= 2
    }
    return run
  }

  /// Says what fails and how to see it again with the fewest steps; nil when nothing fails.
  func report<Allocator: FrameAllocator & ~Copyable>(
    seed: UInt64, _ make: (ModelRun) -> Allocator
  ) -> String? {
    guard let failure = failure(make) else { return nil }
    let small = shrunk(make)
    let what = small.failure(make)?.what ?? failure.what
    return "seed \(seed), \(range), \(placement): \(what) after \(small.operations)"
  }
}
