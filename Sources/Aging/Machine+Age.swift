public import Fragmentation
internal import MemoryUnits
internal import PageFrames
public import VirtualMemory

extension Machine {
  /// Fragments the memory of a machine as a program can: a new task takes all free memory, 4 KiB page
  /// by page, frees the pages that the plan does not keep, and pins those that nobody shall move. The
  /// task stays.
  ///
  /// - The watermarks are at 0 meanwhile, so that nothing is reclaimed and no free block is left over.
  /// - With `pageCache` the pages are those of a file, read and clean; only pinned ones stay mapped.
  /// - What cores hold back is drained at the end, so that the free lists show all that is free.
  ///
  /// Errors: ENOMEM (the machine is too small, or in use).
  public mutating func age(
    _ method: AgingMethod, _ goal: AgingGoal, seed: UInt64
  ) throws(Errno) -> AgingReport {
    let task = try spawn("age")
    let marks = watermarks
    setWatermarks(.none)
    defer { setWatermarks(marks) }
    let pages = pagesToTake
    guard pages >= Order.huge.frameCount else { throw .noMemory }
    let start = try take(pages, task, cached: method == .pageCache)
    let frames = frames(of: task, start, pages)
    let plan = AgingPlan(agingLayout(frames), method, goal, seed: seed)
    for (page, frame) in frames.enumerated() {
      if let frame, plan.pinned.contains(frame) { try pin(task, start + UInt64(page) << 12) }
    }
    try drop(frames, plan, task, start, method == .pageCache ? .pageOut : .dontNeed)
    if method == .pageCache { try munmap(task, start, length: UInt64(pages) << 12) }
    for core in 0..<configuration.coreCount { memory.zone.allocator.drain(core: core) }
    return AgingReport(
      plan, method, goal, seed: seed, frameCount: frameCount,
      freeAreas: FreeAreas(blocks: freeBlocksByOrder), keptFrames: frames.count { isUsed($0) },
      pinnedFrames: pinnedFrames)
  }

  /// Free frames less those that tables need.
  private var pagesToTake: Int {
    let free = freeFrames - Self.reserve
    return free - free / 512 - free / (512 * 512)
  }

  /// For what else the kernel takes meanwhile.
  private static var reserve: Int { 64 }

  /// Maps pages and touches them all, one of each table first, so that tables lie together.
  private mutating func take(
    _ pages: Int, _ task: TaskID, cached: Bool
  ) throws(Errno) -> UInt64 {
    let length = UInt64(pages) << 12
    var descriptor: Int32 = -1
    if cached {
      descriptor = try open(task, BlankFileStore(pages: pages), .readOnly)
    }
    let start = try mmap(
      task, length: length, cached ? .read : [.read, .write],
      cached ? .shared : [.private, .anonymous], descriptor: descriptor)
    // A machine without huge pages knows no such advice.
    try? madvise(task, start, length: length, .noHugePage)
    let first = Int(start >> 12)
    for page in stride(from: first, to: first + pages, by: 512) {
      let one = PageRange(start: page, count: 1)
      guard case .resident = touch(task, one, forWriting: !cached) else { throw .noMemory }
    }
    // The last frames may be out of reach, in the lists of other cores.
    switch touch(task, PageRange(start: first, count: pages), forWriting: !cached) {
    case .resident, .outOfMemory: return start
    case .signal: throw .noMemory
    }
  }

  /// The frame of every page; nil for one that was not to be had, or was reclaimed for another.
  private mutating func frames(
    of task: TaskID, _ start: UInt64, _ pages: Int
  ) -> [FrameNumber?] {
    var frames: [FrameNumber?] = []
    frames.reserveCapacity(pages)
    for page in 0..<pages { frames.append(frame(of: task, start + UInt64(page) << 12)) }
    return frames
  }

  private func agingLayout(_ frames: [FrameNumber?]) -> AgingLayout {
    var own = FrameSet(memory.range)
    var free = FrameSet(memory.range)
    for case let frame? in frames { own.insert(frame) }
    var states: [UInt8] = []
    fillStates(&states)
    for (index, state) in states.enumerated() where FrameState(rawValue: state)?.isFree ?? false {
      free.insert(memory.range.start.advanced(by: index))
    }
    return AgingLayout(own: own, free: free)
  }

  /// Frees the pages that are not kept, run by run.
  private mutating func drop(
    _ frames: [FrameNumber?], _ plan: AgingPlan, _ task: TaskID, _ start: UInt64, _ advice: Advice
  ) throws(Errno) {
    let dropped = AgingPlan.runs(frames.indices) { page in
      frames[page].map { !plan.kept.contains($0) } ?? true
    }
    for run in dropped {
      try madvise(
        task, start + UInt64(run.lowerBound) << 12, length: UInt64(run.count) << 12, advice)
    }
  }

  private func isUsed(_ frame: FrameNumber?) -> Bool {
    frame.map { !memory.zone.allocator.isFree($0) } ?? false
  }
}
