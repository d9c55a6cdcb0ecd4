import MemoryUnits
import PageFrames

/// The allocators of this process. Each closure names its type, so that the patterns are specialised
/// for it.
extension BenchmarkSystem {
  /// All of them, in the order of tables.
  public static let inProcess: [BenchmarkSystem] = [
    rowBuddy, listBuddy, perCPUListBuddy, linux66, linux612, linux618, frameStack,
  ]

  /// Linux's allocator under policies that no kernel has; in tables where they are asked for.
  public static let schemes: [BenchmarkSystem] = [
    linux("contiguitas", .contiguitas, recovers: false),
    linux("superpageblocks", .superpageblocks),
  ]

  public static let linux66 = linux("linux-6.6", .linux66)
  public static let linux612 = linux("linux-6.12", .linux612)
  public static let linux618 = linux("linux-6.18", .linux618)

  /// The model of Linux's allocator under a policy, behind one lock.
  ///
  /// - Parameter recovers: false for who refuses requests although memory is free.
  private static func linux(
    _ name: String, _ policy: LinuxPolicy, recovers: Bool = true
  ) -> BenchmarkSystem {
    let recover: @Sendable (RecoveryCase, UInt64) throws -> RecoveryRepetition = { plan, seed in
      let table = FrameTable(frameCount: plan.frames)
      let subject = SharedAllocatorSubject(
        LockedLinuxBuddy(plan.range, in: table, coreCount: 1, policy: policy), coreCount: 1,
        metadataBytes: nil)
      return try RecoveryRun(subject, plan, seed: seed).run()
    }
    return BenchmarkSystem(
      name, title: "\(name) model + lock", obstacle: ListBuddyDemand.obstacle,
      demand: ListBuddyDemand.locked, recover: recovers ? recover : nil
    ) { plan, seed in
      let table = FrameTable(frameCount: plan.frames)
      let buddy = LockedLinuxBuddy(
        plan.range, in: table, coreCount: plan.threads, policy: policy)
      let bytes = buddy.metadataBytes
      let subject = SharedAllocatorSubject(buddy, coreCount: plan.threads, metadataBytes: bytes)
      return try PatternRun(subject, plan, seed: seed).run()
    }
  }

  public static let listBuddy = BenchmarkSystem(
    "list-buddy", title: "ListBuddy + lock", obstacle: ListBuddyDemand.obstacle,
    demand: ListBuddyDemand.locked,
    recover: { plan, seed in
      let table = FrameTable(frameCount: plan.frames)
      let subject = SharedAllocatorSubject(
        LockedListBuddy(plan.range, in: table), coreCount: 1, metadataBytes: nil)
      return try RecoveryRun(subject, plan, seed: seed).run()
    }
  ) { plan, seed in
    let table = FrameTable(frameCount: plan.frames)
    let subject = SharedAllocatorSubject(
      LockedListBuddy(plan.range, in: table), coreCount: plan.threads,
      metadataBytes: plan.frames * 32)
    return try PatternRun(subject, plan, seed: seed).run()
  }

  public static let perCPUListBuddy = BenchmarkSystem(
    "list-buddy-percpu", title: "ListBuddy + lock + pcp", obstacle: ListBuddyDemand.obstacle,
    demand: ListBuddyDemand.perCPU,
    recover: { plan, seed in
      let table = FrameTable(frameCount: plan.frames)
      let subject = SharedAllocatorSubject(
        PerCPUListBuddy(plan.range, in: table, coreCount: 1), coreCount: 1, metadataBytes: nil)
      return try RecoveryRun(subject, plan, seed: seed).run()
    }
  ) { plan, seed in
    let table = FrameTable(frameCount: plan.frames)
    let buddy = PerCPUListBuddy(plan.range, in: table, coreCount: plan.threads)
    let bytes = plan.frames * 32 + buddy.metadataBytes
    let subject = SharedAllocatorSubject(buddy, coreCount: plan.threads, metadataBytes: bytes)
    return try PatternRun(subject, plan, seed: seed).run()
  }

  /// Not an allocator: what the loops cost with the least that could be called one.
  public static let frameStack = BenchmarkSystem("stack", title: "stack (floor)") { plan, seed in
    let subject = FrameStack(
      frames: plan.frames, order: plan.blockOrder, coreCount: plan.threads)
    return try PatternRun(subject, plan, seed: seed).run()
  }
}

/// What the list buddies ask of the hardware at least: one exchange per lock, and of their records
/// the descriptor of the block that is freed (where blocks merge, more are touched).
enum ListBuddyDemand {
  /// A quarter of the host's memory for descriptors, at most.
  @Sendable
  static func obstacle(_ plan: BenchmarkCase) -> String? {
    if let obstacle = plan.obstacle { return obstacle }
    let bytes = ByteCount(plan.frames * 32)
    return bytes.rawValue > HostMemory.bytes / 4 ? "its descriptors take \(bytes.rounded)" : nil
  }

  @Sendable
  static func locked(_ plan: BenchmarkCase) -> FloorDemand? {
    FloorDemand(atomics: plan.pattern.operationsPerFigure, locked: descriptor(plan))
  }

  /// A core's own lock always, the shared one once per batch.
  @Sendable
  static func perCPU(_ plan: BenchmarkCase) -> FloorDemand? {
    // Orders above the lists go to the shared lock alone; a pair in a loop never does.
    let batch = plan.pattern == .repeat || plan.order > 3 ? 0 : 1 / Double(max(63 >> plan.order, 1))
    return FloorDemand(
      atomics: plan.pattern.operationsPerFigure * (1 + batch), locked: descriptor(plan))
  }

  private static func descriptor(_ plan: BenchmarkCase) -> [FloorDemand.Accesses] {
    guard plan.pattern == .random || plan.pattern == .churn else { return [] }
    // Two neighbours share a line; heads of larger blocks have one each.
    let bytes = plan.order == 0 ? 32 : 64
    return [FloorDemand.Accesses(1, over: Double(plan.liveBlocks * bytes))]
  }
}
