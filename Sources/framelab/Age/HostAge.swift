import Aging
import Fragmentation
import LinuxHost
import MemoryUnits

/// Memory of this process, fragmented on purpose: what `framelab age --host` starts as a child.
///
/// Where the host tells frame numbers (root), blocks are the physical ones; else an aligned 2 MiB of
/// addresses stands for a block, which it is only roughly.
struct HostAge {
  let method: AgingMethod
  let goal: AgingGoal
  let size: ByteCount
  let seed: UInt64

  /// What was reached, and whether frame numbers were known.
  struct Result {
    var report: AgingReport
    var knowsFrames: Bool
  }

  /// Takes, frees and locks pages of `memory`, which holds them as long as it lives.
  func carryOut(in memory: HeldMemory, on host: some HostView) throws -> Result {
    HeldMemory.volunteer()
    memory.touch()
    let physical = memory.frames()
    let flags =
      physical == nil ? nil : try? host.bytes(of: "/proc/kpageflags", from: 0, count: .max)
    let frames: [FrameNumber]
    let layout: AgingLayout
    if let physical, let flags {
      frames = physical.map { FrameNumber(Int($0)) }
      layout = Self.layout(frames, KernelWords(flags))
    } else {
      frames = (0..<memory.pageCount).map { FrameNumber($0) }
      layout = try Self.layout(frames.count, BuddyInfo(of: host))
    }
    let plan = AgingPlan(layout, method, goal, seed: seed)
    try lock(frames, plan, memory)
    for run in runs(frames, where: { !plan.kept.contains($0) }) { memory.release(run) }
    let free = try BuddyInfo(of: host).blocks
    return Result(
      report: AgingReport(
        plan, method, goal, seed: seed, frameCount: try Self.memoryPages(host),
        freeAreas: FreeAreas(blocks: free), keptFrames: plan.kept.count,
        pinnedFrames: plan.pinned.count),
      knowsFrames: physical != nil && flags != nil)
  }

  private static func layout(_ own: [FrameNumber], _ flags: KernelWords) -> AgingLayout {
    let range = FrameRange(start: FrameNumber(0), count: flags.count)
    var mine = FrameSet(range)
    var free = FrameSet(range)
    for frame in own where range.contains(frame) { mine.insert(frame) }
    for (index, word) in flags.enumerated() where word & KernelWords.buddy != 0 {
      free.insert(FrameNumber(index))
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
    let locked = runs(frames) { plan.pinned.contains($0) }
    for run in locked where !memory.lock(run) {
      throw CLIError.hostLacks(
        "mlock of \(plan.pinned.count) pages in \(locked.count) runs: the limit of locked memory "
          + "(ulimit -l) or vm.max_map_count is too low; choose a smaller --unmovable")
    }
  }

  /// Runs of pages whose frames are as asked.
  private func runs(
    _ frames: [FrameNumber], where isWanted: (FrameNumber) -> Bool
  ) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var page = 0
    while page < frames.count {
      let first = page
      while page < frames.count, isWanted(frames[page]) { page += 1 }
      if page > first { result.append(first..<page) }
      page += 1
    }
    return result
  }

  private static func memoryPages(_ host: some HostView) throws -> Int {
    let text = try host.text(of: "/proc/meminfo")
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
    guard let words = line?.split(separator: " "), words.count > 1, let kibibytes = Int(words[1])
    else { throw CLIError.hostLacks("/proc/meminfo does not say MemTotal") }
    return kibibytes >> 2
  }
}
