import Aging
import Fragmentation
import LinuxHost
import MemoryUnits
import Snapshots
import TraceFormats

/// Memory of this process, fragmented on purpose: what `framelab age --host` starts as a child.
///
/// Where the host tells frame numbers (root), blocks are the physical ones; else an aligned 2 MiB of
/// addresses stands for a block, which it is only roughly.
struct HostAge {
  let method: AgingMethod
  let goal: AgingGoal
  let seed: UInt64

  /// What was reached, and whether frame numbers were known.
  struct Result {
    var report: AgingReport
    var knowsFrames: Bool
  }

  /// Takes, frees and locks pages of `memory`, which holds them as long as it lives.
  func carryOut(in memory: HeldMemory, on host: some HostView) throws -> Result {
    guard let total = host.memoryInfo("MemTotal") else {
      throw CLIError.hostLacks("/proc/meminfo does not say MemTotal")
    }
    HeldMemory.volunteer()
    memory.touch()
    let physical = memory.frames()
    // Without them ages are made as if frames were side by side: `withoutFrames` says so.
    let zones = physical == nil ? [] : (try? HostSnapshot.read(host).zones) ?? []
    let knowsFrames = zones.contains { !$0.states.isEmpty }
    let frames: [FrameNumber]
    let layout: AgingLayout
    if let physical, knowsFrames {
      frames = physical.map { FrameNumber(Int($0)) }
      layout = Self.layout(frames, zones)
    } else {
      frames = (0..<memory.pageCount).map { FrameNumber($0) }
      layout = try Self.layout(frames.count, BuddyInfo(of: host))
    }
    let plan = AgingPlan(layout, method, goal, seed: seed)
    try lock(frames, plan, memory)
    for run in AgingPlan.runs(frames.indices, where: { !plan.kept.contains(frames[$0]) }) {
      memory.release(run)
    }
    let free = try BuddyInfo(of: host).blocks
    return Result(
      report: AgingReport(
        plan, method, goal, seed: seed, frameCount: total.frames,
        freeAreas: FreeAreas(blocks: free), keptFrames: plan.kept.count,
        pinnedFrames: plan.pinned.count),
      knowsFrames: knowsFrames)
  }

  private static func layout(
    _ own: [FrameNumber], _ zones: [FrameSnapshot.Zone]
  ) -> AgingLayout {
    let end = zones.map { $0.start.index + $0.states.count }.max() ?? 0
    let range = FrameRange(start: FrameNumber(0), count: end)
    var mine = FrameSet(range)
    var free = FrameSet(range)
    for frame in own where range.contains(frame) { mine.insert(frame) }
    for zone in zones {
      for (index, state) in zone.states.enumerated() where state == FrameState.free.rawValue {
        free.insert(zone.start.advanced(by: index))
      }
    }
    return AgingLayout(own: mine, free: free)
  }

  /// Pages in place of frames, with what else is free.
  private static func layout(_ pages: Int, _ info: BuddyInfo) -> AgingLayout {
    let range = FrameRange(start: FrameNumber(0), count: pages)
    var own = FrameSet(range)
    for index in 0..<pages { own.insert(FrameNumber(index)) }
    let free = FreeAreas(blocks: info.blocks)
    return AgingLayout(
      own: own, free: FrameSet(range), freeElsewhere: Int(free.freeFrames),
      usableElsewhere: Int(free.framesInBlocks(atLeast: Order.huge.index)))
  }

  private func lock(_ frames: [FrameNumber], _ plan: AgingPlan, _ memory: HeldMemory) throws {
    let locked = AgingPlan.runs(frames.indices) { plan.pinned.contains(frames[$0]) }
    for run in locked where !memory.lock(run) {
      throw CLIError.hostLacks(
        "mlock of \(plan.pinned.count) pages in \(locked.count) runs: the limit of locked memory "
          + "(ulimit -l) or vm.max_map_count is too low; choose a smaller --unmovable")
    }
  }
}
