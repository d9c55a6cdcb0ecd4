public import Fragmentation
internal import MemoryUnits

/// What was asked of aged memory, and what it is like.
public struct AgingReport: Hashable, Sendable {
  public var method: AgingMethod
  public var goal: AgingGoal
  public var seed: UInt64
  /// Frames of the memory, free and in use.
  public var frameCount: Int
  /// Free blocks as the allocator lists them afterwards.
  public var freeAreas: FreeAreas
  /// Frames that the aging keeps in use.
  public var keptFrames: Int
  /// Those of them that nobody can move.
  public var pinnedFrames: Int
  /// Blocks of 2 MiB that the method spoiled, and those that it left wholly in use; after recorded churn
  /// all that are in use in part, and all in which nothing is free.
  public var spoiledBlocks: Int
  public var fullBlocks: Int
  /// What recorded churn did; nil for the other methods.
  public var churn: Churn?

  /// How recorded churn came to its end.
  public struct Churn: Hashable, Sendable {
    public var passes: Int
    /// Programs that were started, and pages that they took in all.
    public var programs: Int
    public var pagesTaken: Int
  }

  public init(
    _ plan: AgingPlan, _ method: AgingMethod, _ goal: AgingGoal, seed: UInt64, frameCount: Int,
    freeAreas: FreeAreas, keptFrames: Int, pinnedFrames: Int
  ) {
    self.method = method
    self.goal = goal
    self.seed = seed
    self.frameCount = frameCount
    self.freeAreas = freeAreas
    self.keptFrames = keptFrames
    self.pinnedFrames = pinnedFrames
    spoiledBlocks = plan.spoiledBlocks
    fullBlocks = plan.fullBlocks
  }

  /// - Parameter states: of all frames, in their order from a block of 2 MiB on.
  init(
    _ replay: ChurnReplay, _ goal: AgingGoal, seed: UInt64, states: [UInt8],
    freeAreas: FreeAreas, pinnedFrames: Int
  ) {
    method = .recordedChurn
    self.goal = goal
    self.seed = seed
    frameCount = states.count
    self.freeAreas = freeAreas
    keptFrames = replay.livePages
    self.pinnedFrames = pinnedFrames
    let size = Order.huge.frameCount
    let free = stride(from: 0, to: states.count, by: size).map { start in
      states[start..<min(start + size, states.count)]
        .count { FrameState(rawValue: $0)?.isFree ?? false }
    }
    spoiledBlocks = free.count { $0 > 0 && $0 < size }
    fullBlocks = free.count { $0 == 0 }
    churn = Churn(
      passes: replay.passes, programs: replay.programs, pagesTaken: replay.pagesTaken)
  }

  /// The unusable free space index of order 9 that was reached, 0...1; nil when nothing is free.
  public var unusable: Double? { freeAreas.unusableShare(Order.huge.index) }

  /// The share of the kept frames that is unmovable; 0 when none is kept.
  public var unmovable: Double {
    keptFrames > 0 ? Double(pinnedFrames) / Double(keptFrames) : 0
  }

  /// The share of all frames that is free.
  public var free: Double { Double(freeAreas.freeFrames) / Double(frameCount) }
}
