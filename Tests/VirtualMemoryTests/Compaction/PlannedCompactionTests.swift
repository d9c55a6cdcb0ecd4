import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: a chosen range is emptied")
struct PlannedCompactionTests {
  private static let range = FrameRange(start: FrameNumber(1024), count: 512)

  /// All frames have pages, of which every second has gone.
  private static func world(
    _ allocator: MachineConfiguration.Allocator
  ) throws -> PlacedPages {
    var world = try PlacedPages.fill(ContiguousRangeTests.configuration(allocator))
    for frame in world.frames where frame.index % 2 == 0 { try world.free(frame) }
    return world
  }

  private static func hasBlock(_ machine: borrowing Machine) -> Bool {
    (machine.memory.zone.allocator.freeBlock(containing: range.start) ?? .base) >= .huge
  }

  @Test(
    "its pages move out, as many are free as before, and the bytes are the same",
    arguments: MachineConfiguration.Allocator.allCases)
  func empties(allocator: MachineConfiguration.Allocator) throws {
    var world = try Self.world(allocator)
    let free = world.machine.memory.freeFrames
    let isEmpty = world.machine.compact(Self.range)
    #expect(isEmpty && Self.hasBlock(world.machine))
    #expect(world.machine.memory.freeFrames == free)
    #expect(try world.isIntact())
  }

  @Test(
    "where a page is pinned nothing is lost and no block comes of it",
    arguments: MachineConfiguration.Allocator.allCases)
  func pinned(allocator: MachineConfiguration.Allocator) throws {
    var world = try Self.world(allocator)
    world.pin(FrameNumber(1301))
    let free = world.machine.memory.freeFrames
    let isEmpty = world.machine.compact(Self.range)
    #expect(!isEmpty && !Self.hasBlock(world.machine))
    #expect(world.machine.memory.freeFrames == free)
    #expect(try world.isIntact())
  }

  @Test(
    "direct compaction empties the block that a planner chose, and no other",
    arguments: MachineConfiguration.Allocator.allCases)
  func planner(allocator: MachineConfiguration.Allocator) throws {
    var world = try Self.world(allocator)
    world.machine.setBlockPlanner(BlockPlanner { _, _ in Self.range })
    let block = world.machine.allocateBlock(
      .huge, FrameOwner(state: .unmovable), .movable, effort: [.direct, .noRetry])
    #expect(block == Self.range.start)
    #expect(world.machine.counters.pgmigrateSuccess <= 256)
    // It is nobody's in the machine.
    if let block { world.machine.memory.free(block, .huge) }
    #expect(try world.isIntact())
  }

  @Test("a planner without a choice leaves the request without a block")
  func none() throws {
    var world = try Self.world(.listBuddy)
    world.machine.setBlockPlanner(BlockPlanner { _, _ in nil })
    let block = world.machine.allocateBlock(
      .huge, FrameOwner(state: .unmovable), .movable, effort: [.direct, .noRetry])
    #expect(block == nil && world.machine.counters.pgmigrateSuccess == 0)
    #expect(try world.isIntact())
  }
}
