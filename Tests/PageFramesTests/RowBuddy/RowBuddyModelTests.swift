import MemoryUnits
import PageFrames
import Testing

@Suite("RowBuddy, one thread, against a plain model: theory T4 and T9")
struct RowBuddyModelTests {
  private func make(_ run: ModelRun) -> RowBuddy<NoSteps> {
    RowBuddy(run.range, coreCount: run.coreCount)
  }

  private func run(_ seed: UInt64, _ count: Int) -> ModelRun {
    var run = ModelRun(seed: seed, count: count)
    run.coreCount = 1 + Int(seed % 3)
    return run
  }

  @Test("10,000 steps on each of 200 machines of random shape (4,000 with FRAMELAB_LONG=1)")
  func agrees() {
    for seed in 0..<UInt64(isLong ? 4000 : 200) {
      if let failure = run(seed, 10_000).report(seed: seed, make) {
        Issue.record("\(failure)")
        return
      }
    }
  }

  /// Large blocks and long ranges: claims across blocks, and parts of orders 9 and 10.
  @Test("long ranges and large orders, compared after every step", arguments: 0..<20)
  func largeBlocks(seed: Int) {
    var generator = SplitMix64(seed: UInt64(seed) &+ 500)
    var run = run(UInt64(seed), 0)
    run.range = FrameRange(
      start: FrameNumber(Int(generator.next(upperBound: 2048))),
      count: 2048 + Int(generator.next(upperBound: 2048)))
    run.stride = 1
    run.operations = (0..<(isLong ? 2000 : 200)).map { step in
      var operation = FrameOperation.random(&generator, growing: step % 100 < 60)
      switch operation.kind {
      case .allocate: operation.size = 6 + Int(generator.next(upperBound: 5))
      case .claim: operation.size *= 30
      default: break
      }
      return operation
    }
    let failure = run.report(seed: UInt64(seed), make)
    #expect(failure == nil)
  }
}
