import MemoryUnits
import PageFrames
import Testing
import Translation
import VirtualMemory

@Suite("Machine: transparent huge pages at faults")
struct HugeFaultTests {
  @Test("one write fault maps 2 MiB, aligned, of zeros")
  func write() throws {
    var machine = hugeMachine()
    let task = try machine.spawn()
    try machine.mapHuge(task)
    let before = machine.clock
    try machine.store(task, hugeBase + 5 * 4096, [7])
    #expect(machine.clock - before > machine.configuration.costs.zeroHugePage)
    machine.validate()
    #expect(machine.counters.thpFaultAlloc == 1 && machine.counters.pgfault == 1)
    #expect(machine.hugeLeaves(task) == 1)
    #expect(machine.residentPages(of: task).anonymous == 512 && machine.userFrames == 512)
    for page in 0..<512 as Range<UInt64> {
      let found = try machine.load(task, hugeBase + page << 12, count: 1)
      #expect(found == [page == 5 ? 7 : 0])
    }
    #expect(machine.counters.pgfault == 1)
    let entry = machine.pagemap(task, page: Int(hugeBase >> 12) + 9)
    #expect(entry.isPresent && entry.isExclusive && entry.frame.index % 512 == 9)
    machine.exit(task)
    machine.validate()
    #expect(machine.userFrames == 0)
  }

  @Test("which areas get huge pages", arguments: TransparentHugePages.Enabled.allCases)
  func enabled(enabled: TransparentHugePages.Enabled) throws {
    for (advice, wanted) in [
      (nil, enabled == .always), (Advice.hugePage, enabled != .never), (.noHugePage, false),
    ] {
      var machine = hugeMachine(TransparentHugePages(enabled: enabled))
      let task = try machine.spawn()
      try machine.mapHuge(task)
      if let advice { try machine.madvise(task, hugeBase, length: hugeBytes, advice) }
      try machine.store(task, hugeBase, [1])
      #expect(
        machine.hugeLeaves(task) == (wanted ? 1 : 0), "\(enabled), \(String(describing: advice))")
      machine.validate()
    }
  }

  @Test("no huge page where the block is not all in the area, or has a page already")
  func borders() throws {
    var machine = hugeMachine()
    let task = try machine.spawn()
    try machine.mmap(
      task, at: hugeBase + 4096, length: 2 * hugeBytes, .readWrite, [.private, .anonymous, .fixed])
    try machine.store(task, hugeBase + 4096, [1])
    try machine.store(task, hugeBase + hugeBytes, [1])
    try machine.store(task, hugeBase + 2 * hugeBytes, [1])
    #expect(machine.hugeLeaves(task) == 1 && machine.residentPages(of: task).anonymous == 514)
    machine.validate()
  }

  @Test("without CONFIG_TRANSPARENT_HUGEPAGE its advice is unknown")
  func absent() throws {
    var machine = Machine(MachineConfiguration(frameCount: 2048))
    let task = try machine.spawn()
    try machine.mapHuge(task)
    for advice in [Advice.hugePage, .noHugePage, .collapse] {
      #expect(throws: Errno.invalid) {
        try machine.madvise(task, hugeBase, length: hugeBytes, advice)
      }
    }
  }

  @Test("MADV_HUGEPAGE and MADV_NOHUGEPAGE exclude each other and part areas")
  func advice() throws {
    var machine = hugeMachine()
    let task = try machine.spawn()
    try machine.mapHuge(task, 4)
    try machine.madvise(task, hugeBase + hugeBytes, length: hugeBytes, .hugePage)
    #expect(machine.addressSpace(of: task)?.areaCount == 3)
    try machine.madvise(task, hugeBase + hugeBytes, length: hugeBytes, .noHugePage)
    let flags = machine.addressSpace(of: task)?.area(containing: Int((hugeBase + hugeBytes) >> 12))?
      .flags
    #expect(flags?.contains(.noHugePage) == true && flags?.contains(.hugePage) == false)
    try machine.madvise(task, hugeBase, length: 4 * hugeBytes, .noHugePage)
    #expect(machine.addressSpace(of: task)?.areaCount == 1)
  }

  @Test("a first read maps the huge page of zeros; a write gives way to a folio")
  func zeroPage() throws {
    var machine = hugeMachine()
    let (task, other) = (try machine.spawn(), try machine.spawn())
    try machine.mapHuge(task)
    try machine.mapHuge(other)
    #expect(try machine.load(task, hugeBase + 8192, count: 1) == [0])
    #expect(try machine.load(other, hugeBase + 4096, count: 1) == [0])
    machine.validate()
    #expect(machine.counters.thpZeroPageAlloc == 1 && machine.counters.thpFaultAlloc == 0)
    #expect(machine.userFrames == 0 && machine.hugeLeaves(task) == 1)
    try machine.store(task, hugeBase + 8192, [9])
    machine.validate()
    #expect(machine.counters.thpFaultAlloc == 1 && machine.userFrames == 512)
    #expect(try machine.load(task, hugeBase + 8192, count: 1) == [9])
    #expect(try machine.load(other, hugeBase + 8192, count: 1) == [0])
    machine.exit(task)
    machine.exit(other)
    machine.validate()
  }

  @Test("without the huge page of zeros a read gets a folio")
  func noZeroPage() throws {
    var machine = hugeMachine(TransparentHugePages(useZeroPage: false))
    let task = try machine.spawn()
    try machine.mapHuge(task)
    #expect(try machine.load(task, hugeBase, count: 1) == [0])
    #expect(machine.counters.thpFaultAlloc == 1 && machine.userFrames == 512)
    machine.validate()
  }

  @Test("where no block is free the fault falls back to one page")
  func fallback() throws {
    var machine = hugeMachine(frames: 1024)
    let task = try machine.spawn()
    try machine.mapHuge(task, 2)
    try machine.store(task, hugeBase, [1])
    try machine.store(task, hugeBase + hugeBytes, [2])
    #expect(machine.counters.thpFaultFallback == 1 && machine.counters.thpFaultAlloc == 1)
    #expect(machine.residentPages(of: task).anonymous == 513)
    machine.validate()
  }

  @Test("a group at its limit refuses the charge, and the fault falls back")
  func charge() throws {
    var machine = hugeMachine()
    let group = machine.makeGroup(limit: 100)
    let task = try machine.spawn(group: group)
    try machine.mapHuge(task)
    try machine.store(task, hugeBase, [1])
    #expect(
      machine.counters.thpFaultFallbackCharge == 1 && machine.counters.thpFaultFallback == 1)
    #expect(machine.charge(of: group) == 1)
    machine.validate()
  }

  @Test("a TLB holds one entry for 2 MiB")
  func translation() throws {
    var machine = hugeMachine()
    let task = try machine.spawn()
    try machine.mapHuge(task)
    for page in 0..<512 as Range<UInt64> { try machine.store(task, hugeBase + page << 12, [1]) }
    let cached = machine.coreState(0).entries
    #expect(cached.contains { $0.virtualPage == hugeBase >> 12 })
    #expect(cached.count < 8, "\(cached.count)")
    machine.validate()
  }
}
