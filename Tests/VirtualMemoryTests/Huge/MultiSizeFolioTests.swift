import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: what becomes of folios between 4 KiB and 2 MiB")
struct MultiSizeFolioTests {
  private static let page = Int(hugeBase >> 12)
  private static let bytes: UInt64 = 65_536

  /// A task with some folios of 64 KiB, a byte in every page.
  private func written(_ machine: inout Machine, _ count: Int) throws -> TaskID {
    let task = try machine.spawn()
    try machine.mapHuge(task)
    for page in 0..<16 * UInt64(count) {
      try machine.store(task, hugeBase + page << 12, [UInt8(truncatingIfNeeded: page)])
    }
    #expect(machine.hugePageStatistics[4].nrAnon == UInt64(count))
    return task
  }

  private func check(_ machine: inout Machine, _ task: TaskID, _ pages: Range<UInt64>) throws {
    for page in pages {
      let found = try machine.load(task, hugeBase + page << 12, count: 1)
      #expect(found == [UInt8(truncatingIfNeeded: page)], "page \(page)")
    }
  }

  private func machine(frames: Int = 4096, swap: Int = 0) -> Machine {
    hugeMachine(frames: frames, swap: swap, sizedPages([4]))
  }

  @Test("fork shares the folio; a write copies one page; the last owner copies nothing")
  func fork() throws {
    var machine = machine()
    let parent = try written(&machine, 1)
    let child = try machine.fork(parent)
    machine.validate()
    #expect(machine.userFrames == 16 && !machine.pagemap(child, page: Self.page).isExclusive)
    try machine.store(child, hugeBase + 3 * 4096, [99])
    machine.validate()
    #expect(machine.userFrames == 17 && machine.counters.pagesCopied == 1)
    #expect(machine.hugePageStatistics[4].splitDeferred == 0)
    try check(&machine, parent, 0..<16)
    machine.exit(child)
    machine.validate()
    try machine.store(parent, hugeBase + 5 * 4096, [5])
    #expect(machine.counters.pagesCopied == 1 && machine.userFrames == 16)
    machine.validate()
  }

  @Test("a partly unmapped folio waits to be split, and reclaim frees the rest of it")
  func partial() throws {
    var machine = machine(frames: 1024)
    let task = try written(&machine, 4)
    for folio in 0..<4 as Range<UInt64> {
      try machine.munmap(task, hugeBase + folio * Self.bytes, length: 12 * 4096)
    }
    machine.validate()
    var counters = machine.hugePageStatistics[4]
    #expect(counters.splitDeferred == 4 && counters.nrAnonPartiallyMapped == 4)
    #expect(machine.userFrames == 64 && machine.residentPages(of: task).anonymous == 16)
    #expect(machine.counters.thpDeferredSplitPage == 0)
    let hog = try machine.spawn()
    let free = UInt64(machine.freeFrames - 20)
    try machine.mmap(
      hog, at: 2 * hugeBase, length: free << 12, .readWrite, [.private, .anonymous, .fixed])
    try machine.madvise(hog, 2 * hugeBase, length: free << 12, .noHugePage)
    for page in 0..<free { try machine.store(hog, 2 * hugeBase + page << 12, [1]) }
    counters = machine.hugePageStatistics[4]
    #expect(counters.split > 0 && counters.nrAnon == 4 - counters.split)
    machine.validate()
    for folio in 0..<4 as Range<UInt64> {
      try check(&machine, task, folio * 16 + 12..<folio * 16 + 16)
    }
  }

  @Test("goes to swap as a whole, and comes back by pages")
  func swapOut() throws {
    var machine = machine(swap: 1024)
    let task = try written(&machine, 3)
    try machine.madvise(task, hugeBase, length: 3 * Self.bytes, .pageOut)
    machine.validate()
    #expect(machine.hugePageStatistics[4].swpout == 3 && machine.counters.pswpout == 48)
    #expect(machine.counters.thpSwpout == 0 && machine.hugePageStatistics[4].split == 0)
    #expect(machine.userFrames == 0 && machine.residentPages(of: task).swapped == 48)
    try check(&machine, task, 0..<48)
    machine.validate()
  }

  @Test("is split where swap has no run of slots")
  func swapFallback() throws {
    var machine = machine(swap: 15)
    let task = try written(&machine, 1)
    try machine.madvise(task, hugeBase, length: Self.bytes, .pageOut)
    machine.validate()
    let counters = machine.hugePageStatistics[4]
    #expect(counters.swpoutFallback == 1 && counters.split == 1 && counters.swpout == 0)
    #expect(machine.counters.pswpout == 15 && machine.counters.thpSwpoutFallback == 0)
    try check(&machine, task, 0..<16)
  }

  @Test("runs of slots of all sizes fill swap, and are found again")
  func slots() throws {
    for order in 2...8 {
      var machine = hugeMachine(frames: 4096, swap: 1024, sizedPages([order]))
      let task = try machine.spawn()
      try machine.mapHuge(task, 2)
      let count = UInt64(1024) >> UInt64(order)
      for round in 0..<2 {
        for page in 0..<1024 as Range<UInt64> {
          try machine.store(task, hugeBase + page << 12, [UInt8(truncatingIfNeeded: page)])
        }
        try machine.madvise(task, hugeBase, length: 2 * hugeBytes, .pageOut)
        machine.validate()
        #expect(machine.swapUse.used == 1024, "order \(order)")
        #expect(machine.hugePageStatistics[order].swpout == count * UInt64(round + 1))
        try check(&machine, task, 0..<1024)
        try machine.madvise(task, hugeBase, length: 2 * hugeBytes, .dontNeed)
        #expect(machine.swapUse.used == 0 && machine.userFrames == 0)
      }
    }
  }

  @Test("advice about all of a folio keeps it; about a part splits it")
  func advice() throws {
    for advice in [Advice.free, .cold] {
      var machine = machine()
      let task = try written(&machine, 2)
      try machine.madvise(task, hugeBase, length: Self.bytes, advice)
      machine.validate()
      #expect(machine.hugePageStatistics[4].split == 0)
      #expect(machine.counters.pglazyfree == (advice == .free ? 16 : 0))
      try machine.madvise(task, hugeBase + Self.bytes, length: 4096, advice)
      machine.validate()
      #expect(machine.hugePageStatistics[4].split == 1)
      try check(&machine, task, 0..<32)
    }
  }

  @Test("a locked folio stays whole in reclaim")
  func lock() throws {
    var machine = machine(frames: 1024, swap: 2048)
    let task = try written(&machine, 4)
    try machine.mlock(task, hugeBase, length: 4 * Self.bytes)
    let hog = try machine.spawn()
    try machine.mapHuge(hog, 4)
    for page in 0..<1500 as Range<UInt64> { try machine.store(hog, hugeBase + page << 12, [1]) }
    machine.validate()
    #expect(machine.counters.pswpout > 0 && machine.residentPages(of: task).swapped == 0)
    for page in 0..<64 {
      #expect(machine.pagemap(task, page: Self.page + page).isPresent)
    }
    #expect(
      machine.pagemap(task, page: Self.page + 1).frame
        == machine.pagemap(task, page: Self.page).frame.advanced(by: 1))
    try check(&machine, task, 0..<64)
  }

  @Test("moves as a whole, contents and all entries")
  func migrate() throws {
    var machine = machine()
    let parent = try written(&machine, 1)
    let child = try machine.fork(parent)
    try machine.store(child, hugeBase + 9 * 4096, [1])
    let old = machine.pagemap(parent, page: Self.page).frame
    guard case .moved(let new) = machine.migrate(old) else {
      Issue.record("it stays")
      return
    }
    #expect(new != old && new.index % 16 == 0)
    machine.validate()
    for page in 0..<16 {
      #expect(machine.pagemap(parent, page: Self.page + page).frame == new.advanced(by: page))
    }
    #expect(machine.pagemap(child, page: Self.page).frame == new)
    try check(&machine, parent, 0..<16)
    #expect(machine.counters.pgmigrateSuccess == 16 && machine.counters.thpMigrationSuccess == 0)
  }

  @Test("khugepaged makes 2 MiB of them, also where it is the only size that faults do not get")
  func collapse() throws {
    var settings = sizedPages([4])
    settings.sizes[9] = .madvise
    var machine = hugeMachine(settings)
    let task = try written(&machine, 32)
    machine.idle(nanoseconds: 20_000_000_000)
    #expect(machine.hugeLeaves(task) == 0)
    try machine.madvise(task, hugeBase, length: hugeBytes, .hugePage)
    machine.idle(nanoseconds: 20_000_000_000)
    #expect(machine.hugeLeaves(task) == 1 && machine.userFrames == 512)
    #expect(machine.hugePageStatistics[4].nrAnon == 0 && machine.hugePageStatistics[9].nrAnon == 1)
    machine.validate()
    try check(&machine, task, 0..<512)
  }

  @Test("mremap to any place and mprotect of a part leave the folio as it is")
  func moveAndProtect() throws {
    for offset in [0, 4096, 5 * 4096] as [UInt64] {
      var machine = machine()
      let task = try written(&machine, 32)
      try machine.mprotect(task, hugeBase + 4096, length: 4096, .read)
      try machine.mprotect(task, hugeBase + 4096, length: 4096, .readWrite)
      try machine.mremap(
        task, hugeBase, oldLength: hugeBytes, newLength: hugeBytes, [.mayMove, .fixed],
        to: 3 * hugeBase + offset)
      machine.validate()
      let counters = machine.hugePageStatistics[4]
      #expect(counters.nrAnon == 32 && counters.split == 0 && counters.splitDeferred == 0)
      for page in 0..<512 as Range<UInt64> {
        let found = try machine.load(task, 3 * hugeBase + offset + page << 12, count: 1)
        #expect(found == [UInt8(truncatingIfNeeded: page)])
      }
      let child = try machine.fork(task)
      try machine.store(child, 3 * hugeBase + offset, [77])
      machine.exit(task)
      machine.validate()
    }
  }
}
