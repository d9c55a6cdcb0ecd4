import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: huge pages that are shared, split and moved")
struct HugeSharingTests {
  private static let page = Int(hugeBase >> 12)

  /// A task that has written every page of some huge pages.
  private func written(_ machine: inout Machine, _ count: Int) throws -> TaskID {
    let task = try machine.spawn()
    try machine.mapHuge(task, count)
    for page in 0..<512 * UInt64(count) {
      try machine.store(task, hugeBase + page << 12, [UInt8(truncatingIfNeeded: page)])
    }
    return task
  }

  @Test("fork shares the folio; a write splits the leaf and copies one page")
  func fork() throws {
    var machine = hugeMachine(swap: 0)
    let parent = try written(&machine, 1)
    let child = try machine.fork(parent)
    machine.validate()
    #expect(machine.userFrames == 512 && machine.hugeLeaves(child) == 1)
    #expect(!machine.pagemap(parent, page: Self.page).isExclusive)
    try machine.store(child, hugeBase + 3 * 4096, [99])
    machine.validate()
    #expect(machine.counters.thpSplitPmd == 1 && machine.counters.pagesCopied == 1)
    #expect(machine.userFrames == 513 && machine.hugeLeaves(parent) == 1)
    #expect(machine.hugeLeaves(child) == 0)
    #expect(try machine.load(parent, hugeBase + 3 * 4096, count: 1) == [3])
    #expect(try machine.load(child, hugeBase + 3 * 4096, count: 1) == [99])
    machine.exit(child)
    machine.validate()
    #expect(machine.userFrames == 512)
    // The last owner writes without a copy.
    let copied = machine.counters.pagesCopied
    try machine.store(parent, hugeBase + 7 * 4096, [1])
    #expect(machine.counters.pagesCopied == copied && machine.hugeLeaves(parent) == 1)
    machine.validate()
  }

  @Test("the last owner of small leaves of a folio writes without a copy")
  func lastOwnerOfParts() throws {
    var machine = hugeMachine(swap: 0)
    let parent = try written(&machine, 1)
    let child = try machine.fork(parent)
    try machine.store(child, hugeBase, [1])
    machine.exit(parent)
    machine.validate()
    let copied = machine.counters.pagesCopied
    try machine.store(child, hugeBase + 4096, [2])
    #expect(machine.counters.pagesCopied == copied)
    #expect(machine.counters.thpDeferredSplitPage == 1)
    machine.validate()
  }

  @Test("munmap of all frees the folio; of a part keeps it, queued to be split")
  func unmap() throws {
    var machine = hugeMachine(swap: 0)
    let task = try written(&machine, 2)
    try machine.munmap(task, hugeBase, length: hugeBytes)
    machine.validate()
    #expect(machine.userFrames == 512 && machine.counters.thpSplitPmd == 0)
    try machine.munmap(task, hugeBase + hugeBytes, length: 4096)
    machine.validate()
    #expect(machine.userFrames == 512 && machine.residentPages(of: task).anonymous == 511)
    #expect(machine.counters.thpSplitPmd == 1 && machine.counters.thpDeferredSplitPage == 1)
    try machine.munmap(task, hugeBase + hugeBytes, length: hugeBytes)
    machine.validate()
    #expect(machine.userFrames == 0 && machine.counters.thpSplitPage == 0)
  }

  @Test("MADV_DONTNEED of three quarters leaves all of the folio until reclaim splits it")
  func deferredSplit() throws {
    var machine = hugeMachine(swap: 0)
    let task = try written(&machine, 4)
    for block in 0..<4 as Range<UInt64> {
      try machine.madvise(
        task, hugeBase + block * hugeBytes, length: hugeBytes / 4 * 3, .dontNeed)
    }
    machine.validate()
    #expect(machine.userFrames == 2048 && machine.residentPages(of: task).anonymous == 512)
    #expect(machine.counters.thpDeferredSplitPage == 4)
    // Fill memory: reclaim works the queue. The others keep their bytes.
    let hog = try machine.spawn()
    let free = UInt64(machine.freeFrames - 20)
    try machine.mmap(
      hog, at: 2 * hugeBase, length: free << 12, .readWrite, [.private, .anonymous, .fixed])
    try machine.madvise(hog, 2 * hugeBase, length: free << 12, .noHugePage)
    for page in 0..<free { try machine.store(hog, 2 * hugeBase + page << 12, [1]) }
    #expect(machine.counters.thpSplitPage > 0)
    machine.validate()
    for block in 0..<4 {
      let page = UInt64(block * 512 + 400)
      #expect(
        try machine.load(task, hugeBase + page << 12, count: 1)
          == [UInt8(truncatingIfNeeded: page)])
    }
  }

  @Test("mprotect of all changes one leaf; of a part splits it")
  func protect() throws {
    var machine = hugeMachine(swap: 0)
    let task = try written(&machine, 1)
    try machine.mprotect(task, hugeBase, length: hugeBytes, .read)
    #expect(machine.hugeLeaves(task) == 1)
    #expect(throws: Signal.self) { try machine.store(task, hugeBase, [1]) }
    try machine.mprotect(task, hugeBase, length: hugeBytes, .none)
    machine.validate()
    #expect(machine.hugeLeaves(task) == 1 && machine.pagemap(task, page: Self.page).isPresent)
    try machine.mprotect(task, hugeBase, length: hugeBytes, .readWrite)
    let faults = machine.counters.pgfault
    try machine.store(task, hugeBase, [5])
    #expect(machine.counters.pgfault == faults)
    try machine.mprotect(task, hugeBase + 4096, length: 4096, .read)
    machine.validate()
    #expect(machine.hugeLeaves(task) == 0 && machine.counters.thpDeferredSplitPage == 0)
    #expect(try machine.load(task, hugeBase, count: 1) == [5])
    #expect(try machine.load(task, hugeBase + 4096, count: 1) == [1])
  }

  @Test("mremap moves a whole leaf to an aligned place, and pages to any other")
  func move() throws {
    for target in [3 * hugeBase, 3 * hugeBase + 4096] {
      var machine = hugeMachine(swap: 0)
      let task = try written(&machine, 2)
      try machine.mremap(
        task, hugeBase, oldLength: 2 * hugeBytes, newLength: 2 * hugeBytes, [.mayMove, .fixed],
        to: target)
      machine.validate()
      #expect(machine.hugeLeaves(task) == (target & (hugeBytes - 1) == 0 ? 2 : 0))
      for page in 0..<1024 as Range<UInt64> {
        #expect(
          try machine.load(task, target + page << 12, count: 1)
            == [UInt8(truncatingIfNeeded: page)])
      }
      let child = try machine.fork(task)
      try machine.store(child, target, [1])
      machine.validate()
    }
  }

  @Test("a huge page goes to swap as a whole, and comes back by pages")
  func swapOut() throws {
    var machine = hugeMachine(swap: 2048)
    let task = try written(&machine, 1)
    try machine.madvise(task, hugeBase, length: hugeBytes, .pageOut)
    machine.validate()
    #expect(machine.counters.thpSwpout == 1 && machine.counters.pswpout == 512)
    #expect(machine.userFrames == 0 && machine.residentPages(of: task).swapped == 512)
    for page in 0..<512 as Range<UInt64> {
      #expect(
        try machine.load(task, hugeBase + page << 12, count: 1) == [UInt8(truncatingIfNeeded: page)]
      )
    }
    machine.validate()
    #expect(machine.residentPages(of: task).anonymous == 512 && machine.hugeLeaves(task) == 0)
  }

  @Test("without a run of slots the folio is split and its pages go one by one")
  func swapOutFallback() throws {
    var machine = hugeMachine(swap: 500)
    let task = try written(&machine, 1)
    try machine.madvise(task, hugeBase, length: hugeBytes, .pageOut)
    machine.validate()
    #expect(machine.counters.thpSwpoutFallback == 1 && machine.counters.thpSplitPage == 1)
    #expect(machine.counters.pswpout == 500)
    for page in 0..<512 as Range<UInt64> {
      #expect(
        try machine.load(task, hugeBase + page << 12, count: 1) == [UInt8(truncatingIfNeeded: page)]
      )
    }
  }

  @Test("MADV_FREE and locks of whole leaves and of parts")
  func freeAndLock() throws {
    var machine = hugeMachine(swap: 0)
    let task = try written(&machine, 2)
    try machine.madvise(task, hugeBase, length: hugeBytes, .free)
    #expect(machine.hugeLeaves(task) == 2 && machine.counters.pglazyfree == 512)
    try machine.madvise(task, hugeBase + hugeBytes, length: 4096, .free)
    #expect(machine.hugeLeaves(task) == 1 && machine.counters.thpSplitPage == 1)
    machine.validate()
    try machine.mlock(task, hugeBase, length: 4096)
    machine.validate()
    #expect(machine.hugeLeaves(task) == 0)
    try machine.munlock(task, hugeBase, length: 4096)
    machine.validate()
  }
}
