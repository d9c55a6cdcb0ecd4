import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: policies that keep what does not move apart, by moving the rest")
struct SeparationTests {
  private static func policy(_ name: String) throws -> LinuxPolicy {
    try LinuxPolicy("\(name),pageblock_order=5,page_group_by_mobility=1")
  }

  /// Fills a machine with pages, frees an eighth of them at random, takes blocks of the kernel, and says in
  /// how many superpageblocks of 1,024 frames and in how many pageblocks of 32 these lie; with every page
  /// intact.
  private func kernelPlaces(
    _ policy: LinuxPolicy, seed: UInt64
  ) throws -> (superpageblocks: Int, pageblocks: Int, mixed: Int) {
    var world = try PlacedPages.fill(
      CompactMemoryTests.configuration(.linux(policy)), spare: 400)
    var random = SplitMix64(seed: seed)
    for frame in world.frames where random.next(upperBound: 8) == 0 { try world.free(frame) }
    var blocks: Set<FrameNumber> = []
    for index in 0..<500 {
      blocks.insert(try world.machine.allocateKernelBlock(reclaimable: index % 4 == 0))
    }
    #expect(try world.isIntact(), "seed \(seed)")
    var states: [UInt8] = []
    world.machine.fillStates(&states)
    let pageblocks = Set(blocks.map { $0.index >> 5 })
    let mixed = pageblocks.count { pageblock in
      states[pageblock << 5..<(pageblock + 1) << 5].contains(FrameState.movable.rawValue)
    }
    let places = (Set(blocks.map { $0.index >> 10 }).count, pageblocks.count, mixed)
    for block in blocks { world.machine.freeKernelBlock(block) }
    #expect(try world.isIntact(), "seed \(seed)")
    return places
  }

  @Test("the kernel's frames are together in a full machine, and no page is lost for it")
  func together() throws {
    var superpageblocks = (plain: 0, large: 0)
    for seed in 1...UInt64(isLong ? 20 : 3) {
      let plain = try kernelPlaces(Self.policy("linux-6.18"), seed: seed)
      let region = try kernelPlaces(Self.policy("contiguitas"), seed: seed)
      let large = try kernelPlaces(
        Self.policy("superpageblocks,superpageblock_order=10"), seed: seed)
      #expect(region.mixed == 0 && plain.mixed > 0, "seed \(seed)")
      #expect(region.pageblocks < plain.pageblocks, "seed \(seed)")
      #expect(large.superpageblocks <= plain.superpageblocks, "seed \(seed)")
      superpageblocks.plain += plain.superpageblocks
      superpageblocks.large += large.superpageblocks
    }
    #expect(superpageblocks.large < superpageblocks.plain, "\(superpageblocks)")
  }
}
