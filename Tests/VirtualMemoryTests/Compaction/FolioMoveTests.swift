import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: folios move")
struct FolioMoveTests {
  /// A task with four huge pages, a byte in every page.
  private func fill(_ machine: inout Machine) throws -> TaskID {
    let task = try machine.spawn()
    try machine.mapHuge(task, 4)
    for page in 0..<4 * 512 {
      try machine.store(task, hugeBase + UInt64(page) << 12, [UInt8(truncatingIfNeeded: page * 7)])
    }
    return task
  }

  private func expectBytes(_ machine: inout Machine, _ task: TaskID) throws {
    machine.validate()
    for page in 0..<4 * 512 {
      let found = try machine.load(task, hugeBase + UInt64(page) << 12, count: 1)
      #expect(found == [UInt8(truncatingIfNeeded: page * 7)], "page \(page)")
    }
  }

  @Test("a range under a huge page is emptied, and the page is one still")
  func contiguous() throws {
    var machine = hugeMachine(frames: 8192)
    let task = try fill(&machine)
    guard let frame = machine.frame(of: task, hugeBase + hugeBytes) else { throw Errno.fault }
    // A part of the huge page: all of it moves, the rest of its frames is free.
    let range = FrameRange(start: frame.advanced(by: 100), count: 64)
    let free = machine.freeFrames
    #expect(machine.allocateContiguous(range) == .claimed)
    #expect(machine.freeFrames == free - 64)
    let target = machine.frame(of: task, hugeBase + hugeBytes)
    #expect(machine.hugeLeaves(task) == 4 && target != frame)
    #expect(machine.counters.thpMigrationSuccess == 1 && machine.counters.pgmigrateSuccess == 512)
    machine.memory.release(range)
    try expectBytes(&machine, task)
  }

  @Test("where no free 2 MiB is left it is split, and its pages move one by one")
  func split() throws {
    var machine = hugeMachine(frames: 4096)
    let task = try fill(&machine)
    let hog = try machine.spawn()
    let length = UInt64(machine.freeFrames - 100) << 12
    let start = try machine.mmap(hog, length: length, .readWrite, [.private, .anonymous])
    try machine.madvise(hog, start, length: length, .noHugePage)
    for page in 0..<length >> 12 { try machine.store(hog, start + page << 12, [1]) }
    // Every second page of it goes: much is free, in no block.
    for page in stride(from: 0, to: length >> 12, by: 2) {
      try machine.madvise(hog, start + page << 12, length: 4096, .dontNeed)
    }
    guard let frame = machine.frame(of: task, hugeBase) else { throw Errno.fault }
    let range = FrameRange(start: frame, count: 512)
    #expect(machine.allocateContiguous(range) == .claimed)
    #expect(machine.hugeLeaves(task) == 3)
    #expect(machine.counters.thpMigrationSplit == 1 && machine.counters.pgmigrateSuccess >= 512)
    machine.memory.release(range)
    try expectBytes(&machine, task)
  }

  @Test("compaction moves folios below the order that is wanted and below a pageblock")
  func compaction() throws {
    for order in [Order.huge, .maximum] {
      var configuration = MachineConfiguration(
        frameCount: 8192, watermarks: Watermarks(min: 32, low: 48, high: 64))
      configuration.transparentHugePages = TransparentHugePages()
      configuration.compaction.pageblockOrder = order
      configuration.compaction.compactionProactiveness = 0
      var machine = Machine(configuration)
      let task = try machine.spawn()
      try machine.mapHuge(task, 12)
      for page in 0..<12 * 512 {
        try machine.store(
          task, hugeBase + UInt64(page) << 12, [UInt8(truncatingIfNeeded: page * 7)])
      }
      for block in stride(from: 4, to: 12, by: 2) {
        try machine.madvise(
          task, hugeBase + UInt64(block) * hugeBytes, length: hugeBytes, .dontNeed)
      }
      let before = machine.freeBlocksByOrder[10]
      machine.compactMemory()
      #expect((machine.counters.thpMigrationSuccess > 0) == (order == .maximum))
      #expect((machine.freeBlocksByOrder[10] > before) == (order == .maximum))
      #expect(machine.hugeLeaves(task) == 8)
      try expectBytes(&machine, task)
    }
  }

  @Test(
    "nothing is lost or altered by compaction and by emptied ranges, with huge pages in all states",
    arguments: [MachineConfiguration.Allocator.listBuddy, .rowBuddy, .linux(.linux618)],
    [false, true])
  func model(allocator: MachineConfiguration.Allocator, mixesSizes: Bool) throws {
    var seen = MachineCounters()
    for seed in 1...UInt64(isLong ? 500 : 16) {
      var world = try HugeWorld(
        seed: seed, frames: [2600, 3600, 6000][Int(seed % 3)], swap: 8192, allocator: allocator,
        pageblockOrder: seed % 2 == 0 && allocator != .linux(.linux618) ? .maximum : .huge,
        mixesSizes: mixesSizes)
      for step in 0..<40 {
        let context: Comment = "seed \(seed), step \(step)"
        try world.step(context)
        if world.below(3) == 0 {
          let count = 1 << world.below(11)
          let start = world.below(world.machine.frameCount - count)
          let range = FrameRange(start: FrameNumber(start), count: count)
          if world.machine.allocateContiguous(range) == .claimed {
            world.machine.memory.release(range)
          }
        } else {
          world.machine.compactMemory()
        }
        world.machine.validate()
        if step % 8 == 7 { try world.compare(context) }
      }
      let counters = world.machine.counters
      seen.thpMigrationSuccess += counters.thpMigrationSuccess
      seen.thpMigrationSplit += counters.thpMigrationSplit
      seen.thpSplitPage += counters.thpSplitPage
      for task in world.tasks { world.machine.exit(task) }
      world.machine.validate()
      #expect(world.machine.userFrames == 0 && world.machine.swapUse.used == 0, "seed \(seed)")
    }
    #expect(seen.thpMigrationSuccess > 0 && seen.thpMigrationSplit > 0 && seen.thpSplitPage > 0)
  }
}
