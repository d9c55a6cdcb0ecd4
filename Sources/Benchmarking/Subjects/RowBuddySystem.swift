import MemoryUnits
import PageFrames

extension BenchmarkSystem {
  public static let rowBuddy = BenchmarkSystem(
    "row-buddy", title: "RowBuddy", demand: { RowBuddyDemand.of($0) },
    recover: { plan, seed in
      let subject = SharedAllocatorSubject(
        RowBuddy(plan.range, coreCount: 1), coreCount: 1, metadataBytes: nil)
      return try RecoveryRun(subject, plan, seed: seed).run()
    }
  ) { plan, seed in
    let buddy = RowBuddy(plan.range, coreCount: plan.threads)
    let bytes = buddy.metadataBytes
    let subject = SharedAllocatorSubject(buddy, coreCount: plan.threads, metadataBytes: bytes)
    return try PatternRun(subject, plan, seed: seed).run()
  }
}

/// What RowBuddy asks of the hardware: the atomics that it was seen to take in the same case, and for
/// blocks that are freed in random order a line of the rows and one of the pairs' words.
enum RowBuddyDemand {
  static func of(_ plan: BenchmarkCase) -> FloorDemand? {
    // A larger memory takes the same atomics per operation, only longer to count.
    var counted = plan
    counted.memoryBytes = min(plan.memoryBytes, 8 << 30)
    guard let run = try? count(counted) else { return nil }
    let atomics =
      switch plan.pattern {
      case .random: run.freeAtomics
      case .refill: run.allocAtomics
      case .repeat, .churn: run.pairAtomics
      default: (run.allocAtomics ?? 0) + (run.freeAtomics ?? 0)
      }
    guard let atomics else { return nil }
    return FloorDemand(atomics: atomics, locked: lines(plan))
  }

  /// The same case, counting; takes a few times as long.
  private static func count(_ plan: BenchmarkCase) throws -> Repetition {
    let steps = CountingSteps()
    let buddy = RowBuddy(plan.range, coreCount: plan.threads, steps: steps)
    let bytes = buddy.metadataBytes
    let subject = SharedAllocatorSubject(
      buddy, coreCount: plan.threads, metadataBytes: bytes, counter: steps)
    return try PatternRun(subject, plan, seed: 1).run()
  }

  private static func lines(_ plan: BenchmarkCase) -> [FloorDemand.Accesses] {
    guard plan.pattern == .random || plan.pattern == .churn else { return [] }
    let frames = Double(plan.liveBlocks << plan.order)
    // A bit per frame, and eight bytes per 1,024 frames; orders 9 and 10 touch the words alone.
    let words = FloorDemand.Accesses(1, over: frames / 128)
    return plan.order >= 9 ? [words] : [FloorDemand.Accesses(1, over: frames / 8), words]
  }
}
