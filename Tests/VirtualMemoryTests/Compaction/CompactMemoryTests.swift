import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: compaction of all memory")
struct CompactMemoryTests {
  static func configuration(
    _ allocator: MachineConfiguration.Allocator, frames: Int = 8192, contents: Bool = true
  ) -> MachineConfiguration {
    var configuration = MachineConfiguration(
      frameCount: frames, allocator: allocator, keepsContents: contents,
      watermarks: Watermarks(min: 8, low: 10, high: 12))
    configuration.compaction.compactionProactiveness = 0
    return configuration
  }

  static func freeHugeBlocks(_ machine: borrowing Machine) -> Int {
    let blocks = machine.memory.zone.allocator.freeBlocksByOrder()
    return Int(blocks[9] + 2 * blocks[10])
  }

  /// What cores hold is in no block, and a few hundred frames of it matter in a small machine.
  static var withoutCoreLists: MachineConfiguration.Allocator {
    var policy = LinuxPolicy.linux618
    policy.pcp = false
    return .linux(policy)
  }

  @Test(
    "every second page free: half of memory in whole blocks, every page with its bytes",
    arguments: [.listBuddy, .rowBuddy, withoutCoreLists])
  func checkerboard(allocator: MachineConfiguration.Allocator) throws {
    var world = try PlacedPages.fill(Self.configuration(allocator))
    for frame in world.frames where frame.index % 2 == 0 { try world.free(frame) }
    let free = world.machine.memory.freeFrames
    #expect(Self.freeHugeBlocks(world.machine) == 0)
    let moved = world.machine.compactMemory()
    #expect(world.machine.memory.freeFrames == free)
    #expect(Self.freeHugeBlocks(world.machine) >= free / 512 - 2)
    #expect(moved > 1500 && world.machine.counters.pgmigrateSuccess == UInt64(moved))
    #expect(world.machine.compactMemory() < 512)
    #expect(try world.isIntact())
  }

  @Test(
    "random memory: nothing is lost or altered, pinned pages stay",
    arguments: MachineConfiguration.Allocator.allCases)
  func random(allocator: MachineConfiguration.Allocator) throws {
    for seed in 1...UInt64(isLong ? 200 : 6) {
      var random = SplitMix64(seed: seed)
      var world = try PlacedPages.fill(Self.configuration(allocator, frames: 4096))
      let share = random.next(upperBound: 100)
      let pins = random.next(upperBound: 40)
      for frame in world.frames {
        if random.next(upperBound: 100) < share {
          try world.free(frame)
        } else if random.next(upperBound: 1000) < pins {
          world.pin(frame)
        }
      }
      let free = world.machine.memory.freeFrames
      let before = Self.freeHugeBlocks(world.machine)
      world.machine.compactMemory()
      #expect(world.machine.memory.freeFrames == free, "seed \(seed)")
      #expect(Self.freeHugeBlocks(world.machine) >= before, "seed \(seed)")
      #expect(try world.isIntact(), "seed \(seed)")
    }
  }
}
