import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: compaction for an allocation")
struct DirectCompactionTests {
  static let owner = FrameOwner(state: .unmovable)

  /// Every second page free, in 16 MiB.
  static func halfFree(
    _ allocator: MachineConfiguration.Allocator = .listBuddy,
    _ change: (inout MachineConfiguration) -> Void = { _ in }
  ) throws -> PlacedPages {
    var configuration = CompactMemoryTests.configuration(allocator, frames: 4096)
    change(&configuration)
    var world = try PlacedPages.fill(configuration)
    for frame in world.frames where frame.index % 2 == 0 { try world.free(frame) }
    // kswapd sees that memory is there.
    world.machine.idle(nanoseconds: 1)
    return world
  }

  /// Allocates a block and gives it back.
  static func take(
    _ machine: inout Machine, _ order: Order, _ effort: AllocationEffort = .usual
  ) -> Bool {
    guard let block = machine.allocateBlock(order, owner, .movable, effort: effort) else {
      return false
    }
    machine.memory.free(block, order)
    return true
  }

  @Test(
    "a large block is made by compaction alone, of no more pages than one block has",
    arguments: [MachineConfiguration.Allocator.listBuddy, .rowBuddy])
  func large(allocator: MachineConfiguration.Allocator) throws {
    var world = try Self.halfFree(allocator)
    #expect(Self.take(&world.machine, .huge))
    let counters = world.machine.counters
    #expect(counters.compactStall == 1 && counters.compactSuccess == 1)
    #expect(counters.compactFail == 0 && counters.allocstall == 0)
    // The first pageblock has the kernel's frames, too: the scanner leaves it where they begin.
    #expect(counters.pgmigrateSuccess > 0 && counters.pgmigrateSuccess <= 1024)
    #expect(counters.compactMigrateScanned > 0 && counters.compactFreeScanned > 0)
    #expect(counters.compactIsolated >= 2 * counters.pgmigrateSuccess)
    #expect(try world.isIntact())
  }

  @Test("without direct effort kswapd hands the order to kcompactd, who makes the block meanwhile")
  func background() throws {
    var world = try Self.halfFree()
    let wakeups = world.machine.counters.kswapdWakeups
    world.machine.recordEvents(true)
    #expect(!Self.take(&world.machine, .huge, .wakesReclaimer))
    #expect(world.machine.counters.kswapdWakeups == wakeups + 1)
    world.machine.idle(nanoseconds: 20_000_000)
    #expect(world.machine.counters.compactDaemonWake == 1)
    #expect(world.machine.counters.compactDaemonMigrateScanned > 0)
    #expect(Self.take(&world.machine, .huge, .wakesReclaimer))
    #expect(world.machine.counters.compactStall == 0)
    let names = world.machine.takeEvents().compactMap { event -> String? in
      switch event.kind {
      case .reclaimerWoken: "kswapd"
      case .compactorWoken(order: 9): "wake"
      case .compactionBegins(order: 9): "begin"
      case .compactionEnds(order: 9, .success): "end"
      case .compactorSleeps: "sleep"
      default: nil
      }
    }
    #expect(names == ["kswapd", "wake", "begin", "end", "sleep"])
    #expect(try world.isIntact())
  }

  @Test("no effort at all wakes nobody")
  func none() throws {
    var world = try Self.halfFree()
    let wakeups = world.machine.counters.kswapdWakeups
    #expect(!Self.take(&world.machine, .huge, []))
    world.machine.idle(nanoseconds: 20_000_000)
    #expect(world.machine.counters.kswapdWakeups == wakeups)
    #expect(world.machine.counters.compactDaemonWake == 0)
  }

  @Test("where too little is free, compaction is skipped and the allocation reclaims first")
  func unsuitable() throws {
    var world = try Self.halfFree { $0.swapPages = 4096 }
    // Less than low and the gap of 1024 frames are left.
    let free = world.machine.memory.freeFrames
    world.machine.setWatermarks(Watermarks(min: 8, low: free - 900, high: free - 890))
    #expect(Self.take(&world.machine, .huge))
    #expect(world.machine.counters.allocstall > 0 || world.machine.counters.pgstealKswapd > 0)
    #expect(world.machine.counters.compactSuccess == 1)
    #expect(try world.isIntact())
  }

  @Test("extfrag_threshold holds for orders above 3 alone")
  func threshold() throws {
    var world = try Self.halfFree()
    try world.machine.setExtfragThreshold(1000)
    #expect(!Self.take(&world.machine, .huge))
    #expect(
      world.machine.counters.compactStall == 0 && world.machine.counters.pgmigrateSuccess == 0)
    #expect(Self.take(&world.machine, Order(3)))
    try world.machine.setExtfragThreshold(500)
    #expect(Self.take(&world.machine, .huge))
    #expect(throws: Errno.invalid) { try world.machine.setExtfragThreshold(1001) }
  }

  @Test("after failures ever more attempts are left out, 64 at most")
  func deferral() throws {
    var world = try Self.halfFree()
    // No block of 2 MiB can be had: each has a pinned frame.
    let pins = world.frames.filter { $0.index % 512 == 1 || $0.index % 512 == 301 }
    for frame in pins { world.pin(frame) }
    var runs: [Int] = []
    world.machine.recordEvents(true)
    for attempt in 0..<400 {
      // Without kcompactd, whose failures count as well.
      #expect(!Self.take(&world.machine, .huge, .direct))
      let events = world.machine.takeEvents()
      if events.contains(where: { $0.kind == .compactionBegins(order: 9) }) { runs.append(attempt) }
    }
    // Every allocation makes two attempts, so that 2^shift attempts that are left out are half as many
    // allocations.
    let gaps = zip(runs.dropFirst(), runs).map { $0 - $1 }
    #expect(Array(gaps.prefix(8)) == [1, 2, 4, 8, 16, 32, 32, 32], "\(gaps)")
    #expect(world.machine.counters.compactStall == 800)
    #expect(world.machine.counters.compactFail == 800)
    #expect(try world.isIntact())
  }

  @Test("__GFP_NORETRY gives up where compaction is deferred, without reclaim")
  func noRetry() throws {
    var world = try Self.halfFree()
    for frame in world.frames where frame.index % 512 == 1 { world.pin(frame) }
    for _ in 0..<4 { #expect(!Self.take(&world.machine, .huge)) }
    let stalls = world.machine.counters.allocstall
    var given = 0
    for _ in 0..<40 {
      #expect(!Self.take(&world.machine, .huge, [.wakesReclaimer, .direct, .noRetry]))
      if world.machine.counters.allocstall == stalls { given += 1 }
    }
    #expect(given > 0)
    #expect(try world.isIntact())
  }

  @Test("locked pages move unless compact_unevictable_allowed is 0")
  func locked() throws {
    for allowed in [true, false] {
      var world = try Self.halfFree()
      guard let frame = world.frames.first(where: { $0.index > 700 }),
        let address = world.address(in: frame)
      else { throw Errno.fault }
      try world.machine.mlock(world.task, address, length: 4096)
      world.machine.setCompactUnevictableAllowed(allowed)
      world.machine.compactMemory()
      #expect((world.machine.frame(of: world.task, address) == frame) == !allowed)
      try world.machine.munlock(world.task, address, length: 4096)
      #expect(try world.isIntact())
    }
  }

  @Test("a stack of four frames is made by compaction where memory is in single frames")
  func kernelStack() throws {
    var world = try Self.halfFree()
    let task = try world.machine.spawn()
    #expect(world.machine.counters.compactSuccess == 1)
    world.machine.exit(task)
    #expect(try world.isIntact())
  }

  @Test("what moves costs its copy, its entry, its work and its flush")
  func cost() throws {
    var world = try Self.halfFree { configuration in
      configuration.costs.scanFrame = 0
      configuration.costs.interrupt = 0
      configuration.costs.invalidatePage = 0
      configuration.costs.switchSpace = 0
    }
    let before = world.machine.clock
    let moved = world.machine.compactMemory()
    let costs = CostTable()
    #expect(
      world.machine.clock - before
        == UInt64(moved) * (costs.copyPage + costs.entry + costs.migratePage))
  }
}
