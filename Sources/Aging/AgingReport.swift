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
  /// Blocks of 2 MiB that the method spoiled, and those that it left wholly in use.
  public var spoiledBlocks: Int
  public var fullBlocks: Int

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

  /// The unusable free space index of order 9 that was reached, 0...1; nil when nothing is free.
  public var unusable: Double? { freeAreas.unusableShare(Order.huge.index) }

  /// The share of the kept frames that is unmovable; 0 when none is kept.
  public var unmovable: Double {
    keptFrames > 0 ? Double(pinnedFrames) / Double(keptFrames) : 0
  }

  /// The share of all frames that is free.
  public var free: Double { Double(freeAreas.freeFrames) / Double(frameCount) }
}
