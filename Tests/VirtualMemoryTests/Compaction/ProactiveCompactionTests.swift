import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: compaction ahead of need")
struct ProactiveCompactionTests {
  /// Three quarters of every 2 MiB free.
  static func quarterUsed(
    proactiveness: Int, _ allocator: MachineConfiguration.Allocator = .listBuddy
  ) throws -> PlacedPages {
    var configuration = CompactMemoryTests.configuration(allocator, frames: 8192)
    configuration.compaction.compactionProactiveness = proactiveness
    var world = try PlacedPages.fill(configuration)
    for frame in world.frames where frame.index % 4 != 0 { try world.free(frame) }
    return world
  }

  @Test("no setting, no compaction")
  func off() throws {
    var world = try Self.quarterUsed(proactiveness: 0)
    world.machine.idle(nanoseconds: 60_000_000_000)
    #expect(world.machine.counters.compactDaemonMigrateScanned == 0)
    #expect(world.machine.fragmentationScore > 90)
  }

  @Test(
    "above the high mark memory is compacted until the score is at the low one",
    arguments: [MachineConfiguration.Allocator.listBuddy, .rowBuddy])
  func marks(allocator: MachineConfiguration.Allocator) throws {
    for proactiveness in [20, 40, 60] {
      var world = try Self.quarterUsed(proactiveness: proactiveness, allocator)
      #expect(world.machine.fragmentationScore > min(100 - proactiveness + 10, 100))
      world.machine.idle(nanoseconds: 2_000_000_000)
      let score = world.machine.fragmentationScore
      #expect(score <= 100 - proactiveness, "proactiveness \(proactiveness)")
      #expect(score > 100 - proactiveness - 12, "proactiveness \(proactiveness)")
      let moved = world.machine.counters.pgmigrateSuccess
      #expect(moved > 0 && world.machine.counters.compactStall == 0)
      world.machine.idle(nanoseconds: 5_000_000_000)
      #expect(world.machine.counters.pgmigrateSuccess == moved)
      #expect(try world.isIntact())
    }
  }

  @Test("it looks every 500 ms, and works no faster than its own clock")
  func time() throws {
    var world = try Self.quarterUsed(proactiveness: 50)
    let start = world.machine.clock
    #expect(start < 500_000_000)
    world.machine.idle(nanoseconds: 499_000_000 - start)
    #expect(world.machine.counters.compactDaemonMigrateScanned == 0)
    world.machine.idle(nanoseconds: 2_000_000)
    // 1 ms for pages of 3.3 us each, and what a pageblock has left.
    let moved = world.machine.counters.pgmigrateSuccess
    #expect(moved > 0 && moved < 600)
    world.machine.idle(nanoseconds: 1_000_000_000)
    #expect(world.machine.counters.pgmigrateSuccess > 2 * moved)
    #expect(try world.isIntact())
  }

  @Test("writing the setting starts a run at once")
  func trigger() throws {
    var world = try Self.quarterUsed(proactiveness: 0)
    world.machine.idle(nanoseconds: 100_000_000)
    try world.machine.setCompactionProactiveness(60)
    world.machine.idle(nanoseconds: 50_000_000)
    #expect(world.machine.counters.compactDaemonMigrateScanned > 0)
    #expect(throws: Errno.invalid) { try world.machine.setCompactionProactiveness(101) }
  }

  @Test("never while kswapd runs")
  func reclaimFirst() throws {
    var world = try Self.quarterUsed(proactiveness: 50)
    // Nothing to reclaim: kswapd stays awake below its high mark until it gives up.
    let free = world.machine.memory.freeFrames
    world.machine.recordEvents(true)
    world.machine.setWatermarks(Watermarks(min: 8, low: free + 100, high: free + 200))
    world.machine.idle(nanoseconds: 1_000_000_000)
    let kinds = world.machine.takeEvents().map(\.kind)
    #expect(kinds.contains(.reclaimerWoken))
    world.machine.setWatermarks(Watermarks(min: 8, low: 10, high: 12))
    world.machine.idle(nanoseconds: 1_000_000_000)
    #expect(world.machine.counters.compactDaemonMigrateScanned > 0)
    #expect(try world.isIntact())
  }

  @Test("without progress the next look is 32 s later")
  func noProgress() throws {
    var world = try Self.quarterUsed(proactiveness: 50)
    for frame in world.frames where frame.index % 32 == 0 { world.pin(frame) }
    world.machine.idle(nanoseconds: 3_000_000_000)
    let scanned = world.machine.counters.compactDaemonMigrateScanned
    #expect(scanned > 0)
    world.machine.idle(nanoseconds: 25_000_000_000)
    #expect(world.machine.counters.compactDaemonMigrateScanned == scanned)
    world.machine.idle(nanoseconds: 10_000_000_000)
    #expect(world.machine.counters.compactDaemonMigrateScanned > scanned)
    #expect(try world.isIntact())
  }
}
