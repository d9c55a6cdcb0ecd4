import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: small pages become huge ones")
struct CollapseTests {
  /// A task with small pages: every `step`th of the first block.
  private func small(
    _ machine: inout Machine, step: Int = 1, count: Int = 1
  ) throws -> TaskID {
    let task = try machine.spawn()
    try machine.mapHuge(task, count)
    try machine.forbidHugePages(task, true)
    for page in stride(from: 0, to: 512 * count, by: step) {
      try machine.store(
        task, hugeBase + UInt64(page) << 12, [UInt8(truncatingIfNeeded: page + 1)])
    }
    try machine.forbidHugePages(task, false)
    #expect(machine.hugeLeaves(task) == 0)
    return task
  }

  private func check(_ machine: inout Machine, _ task: TaskID, step: Int = 1) throws {
    for page in 0..<512 {
      let wanted = page % step == 0 ? UInt8(truncatingIfNeeded: page + 1) : 0
      #expect(try machine.load(task, hugeBase + UInt64(page) << 12, count: 1) == [wanted])
    }
  }

  @Test("MADV_COLLAPSE makes one of what is there, and zeros of what is not", arguments: [1, 7])
  func advice(step: Int) throws {
    var machine = hugeMachine(TransparentHugePages(enabled: .never))
    let task = try small(&machine, step: step)
    try machine.madvise(task, hugeBase, length: hugeBytes, .collapse)
    machine.validate()
    #expect(machine.hugeLeaves(task) == 1 && machine.userFrames == 512)
    #expect(machine.counters.thpCollapseAlloc == 1 && machine.anonHugePages == 512)
    try check(&machine, task, step: step)
    // Once more is no error.
    try machine.madvise(task, hugeBase, length: hugeBytes, .collapse)
    machine.validate()
  }

  @Test("MADV_COLLAPSE's errors")
  func errors() throws {
    var machine = hugeMachine(frames: 2048)
    let task = try small(&machine)
    func collapse(_ address: UInt64, _ length: UInt64) -> Errno? {
      do throws(Errno) {
        try machine.madvise(task, address, length: length, .collapse)
        return nil
      } catch {
        return error
      }
    }
    // No area of 2 MiB; no whole block in the range; nothing mapped.
    try machine.mmap(
      task, at: 2 * hugeBase, length: 8192, .readWrite, [.private, .anonymous, .fixed])
    #expect(collapse(2 * hugeBase, 8192) == .invalid)
    #expect(collapse(hugeBase + 4096, 4096) == .invalid)
    try machine.mapHuge(task, 2)
    #expect(collapse(hugeBase + hugeBytes, hugeBytes) == .invalid)
    // A pinned page.
    try machine.store(task, hugeBase, [1])
    machine.validate()
    try machine.madvise(task, hugeBase, length: 2 * hugeBytes, .noHugePage)
    #expect(collapse(hugeBase, hugeBytes) == .invalid)
    try machine.madvise(task, hugeBase, length: hugeBytes, .dontNeed)
    try machine.store(task, hugeBase + 4096, [1])
    let frame = try machine.pin(task, hugeBase + 4096)
    try machine.madvise(task, hugeBase, length: 2 * hugeBytes, .hugePage)
    #expect(collapse(hugeBase, hugeBytes) == .tryAgain)
    machine.unpin(frame)
    #expect(collapse(hugeBase, hugeBytes) == nil)
    // No block left.
    let hog = try machine.spawn()
    let free = UInt64(machine.freeFrames - 100)
    try machine.mmap(
      hog, at: 2 * hugeBase, length: free << 12, .readWrite, [.private, .anonymous, .fixed])
    for page in 0..<free { try machine.store(hog, 2 * hugeBase + page << 12, [1]) }
    try machine.madvise(task, hugeBase, length: 4096, .dontNeed)
    #expect(machine.hugeLeaves(task) == 0)
    #expect(collapse(hugeBase, hugeBytes) == .noMemory)
    #expect(machine.counters.thpCollapseAllocFailed == 1)
    machine.validate()
  }

  @Test("khugepaged collapses in its own time, pages_to_scan per scan_sleep_millisecs")
  func daemon() throws {
    var settings = TransparentHugePages()
    settings.khugepaged.pagesToScan = 1024
    settings.khugepaged.scanSleepMillisecs = 1000
    var machine = hugeMachine(settings)
    let task = try small(&machine, count: 6)
    let before = machine.khugepagedCounts.pagesCollapsed
    machine.idle(nanoseconds: 500_000_000)
    let first = machine.khugepagedCounts.pagesCollapsed
    machine.idle(nanoseconds: 1_000_000_000)
    let second = machine.khugepagedCounts.pagesCollapsed
    machine.validate()
    #expect(second - first == 2, "\(before) \(first) \(second)")
    machine.idle(nanoseconds: 4_000_000_000)
    machine.validate()
    #expect(machine.hugeLeaves(task) == 6 && machine.khugepagedCounts.fullScans > 0)
    #expect(machine.anonHugePages == 6 * 512 && machine.userFrames == 6 * 512)
    try check(&machine, task)
  }

  @Test("khugepaged keeps its limits", arguments: [0, 100, 511])
  func limits(maxPtesNone: Int) throws {
    for missing in [0, 100, 101, 511] {
      var settings = TransparentHugePages()
      settings.khugepaged.maxPtesNone = maxPtesNone
      var machine = hugeMachine(settings)
      let task = try machine.spawn()
      try machine.mapHuge(task)
      try machine.forbidHugePages(task, true)
      for page in missing..<512 { try machine.store(task, hugeBase + UInt64(page) << 12, [1]) }
      try machine.forbidHugePages(task, false)
      machine.idle(nanoseconds: 20_000_000_000)
      #expect(
        machine.hugeLeaves(task) == (missing <= maxPtesNone ? 1 : 0), "\(missing) of \(maxPtesNone)"
      )
      machine.validate()
    }
  }

  @Test(
    "pages in swap come back for a huge page, at most max_ptes_swap of them", arguments: [64, 65])
  func swapped(count: Int) throws {
    var machine = hugeMachine(swap: 4096)
    let task = try small(&machine)
    try machine.madvise(task, hugeBase, length: UInt64(count) << 12, .pageOut)
    #expect(machine.residentPages(of: task).swapped == count)
    machine.idle(nanoseconds: 20_000_000_000)
    machine.validate()
    #expect(machine.hugeLeaves(task) == (count <= 64 ? 1 : 0))
    try check(&machine, task)
  }

  @Test(
    "after a fork only what few share is collapsed, and the child keeps its own",
    arguments: [256, 257])
  func shared(count: Int) throws {
    var machine = hugeMachine()
    let task = try small(&machine)
    let child = try machine.fork(task)
    try machine.forbidHugePages(child, true)
    for page in count..<512 {
      try machine.store(child, hugeBase + UInt64(page) << 12, [UInt8(truncatingIfNeeded: page + 1)])
    }
    machine.idle(nanoseconds: 20_000_000_000)
    machine.validate()
    #expect(machine.hugeLeaves(task) == (count <= 256 ? 1 : 0))
    try check(&machine, task)
    try check(&machine, child)
    machine.exit(task)
    try check(&machine, child)
    machine.validate()
  }
}
