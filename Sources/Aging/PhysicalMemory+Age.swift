public import Fragmentation
internal import MemoryUnits
public import PageFrames

extension PhysicalMemory where Allocator: ~Copyable {
  /// Fragments memory that is wholly free, for systems without page tables: the frames that the plan
  /// keeps are claimed, movable or pinned.
  ///
  /// Ends the process when a frame is in use already.
  public mutating func age(
    _ method: AgingMethod, _ goal: AgingGoal, seed: UInt64
  ) -> AgingReport {
    var own = FrameSet(range)
    for index in 0..<range.count { own.insert(range.start.advanced(by: index)) }
    let plan = AgingPlan(
      AgingLayout(own: own, free: FrameSet(range)), method, goal, seed: seed)
    let state: FrameState = method == .pageCache ? .fileCache : .movable
    let first = range.start
    let kept = AgingPlan.runs(0..<range.count) { plan.kept.contains(first.advanced(by: $0)) }
    for run in kept {
      let frames = FrameRange(start: first.advanced(by: run.lowerBound), count: run.count)
      guard claim(frames, owner: FrameOwner(state: state)) else {
        fatalError("aging memory that is in use: frame \(frames.start.index)")
      }
    }
    for frame in plan.pinned.members { frames.setState(.pinned, of: frame) }
    return AgingReport(
      plan, method, goal, seed: seed, frameCount: range.count,
      freeAreas: FreeAreas(blocks: zone.allocator.freeBlocksByOrder()), keptFrames: plan.kept.count,
      pinnedFrames: plan.pinned.count)
  }
}
