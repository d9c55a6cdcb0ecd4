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
    let kept = plan.kept.members
    for run in Self.runs(kept) {
      guard claim(run, owner: FrameOwner(state: state)) else {
        fatalError("aging memory that is in use: frame \(run.start.index)")
      }
    }
    for frame in plan.pinned.members { frames.setState(.pinned, of: frame) }
    return AgingReport(
      plan, method, goal, seed: seed, frameCount: range.count,
      freeAreas: FreeAreas(blocks: zone.allocator.freeBlocksByOrder()), keptFrames: kept.count,
      pinnedFrames: plan.pinned.count)
  }

  /// Ascending frames as ranges without gaps.
  private static func runs(_ frames: [FrameNumber]) -> [FrameRange] {
    var result: [FrameRange] = []
    for frame in frames {
      if let last = result.last, last.end == frame {
        result[result.count - 1].count += 1
      } else {
        result.append(FrameRange(start: frame, count: 1))
      }
    }
    return result
  }
}
