import MemoryUnits
import Testing
import VirtualMemory

@Suite("Machine: contents of huge pages under memory pressure")
struct HugeModelTests {
  @Test(
    "every byte is what the model says, and all invariants hold after every operation",
    arguments: MachineConfiguration.Allocator.allCases, [false, true])
  func contents(allocator: MachineConfiguration.Allocator, mixesSizes: Bool) throws {
    var seen = MachineCounters()
    var small = HugePageCounters()
    for seed in 1...UInt64(isLong ? 1000 : 24) {
      var world = try HugeWorld(
        seed: seed, frames: [2600, 3600, 6000][Int(seed % 3)], swap: 8192, allocator: allocator,
        mixesSizes: mixesSizes)
      for step in 0..<60 {
        try world.step("seed \(seed), step \(step)")
        world.machine.validate()
      }
      try world.compare("seed \(seed), at the end")
      let counters = world.machine.counters
      #expect(counters.oomKill == 0, "seed \(seed)")
      seen.thpFaultAlloc += counters.thpFaultAlloc
      seen.thpFaultFallback += counters.thpFaultFallback
      seen.thpSplitPage += counters.thpSplitPage
      seen.thpSplitPmd += counters.thpSplitPmd
      seen.thpDeferredSplitPage += counters.thpDeferredSplitPage
      seen.thpSwpout += counters.thpSwpout
      seen.thpCollapseAlloc += counters.thpCollapseAlloc
      for order in 2...8 {
        let counters = world.machine.hugePageStatistics[order]
        small.anonFaultAlloc += counters.anonFaultAlloc
        small.anonFaultFallback += counters.anonFaultFallback
        small.anonFaultFallbackCharge += counters.anonFaultFallbackCharge
        small.split += counters.split
        small.splitDeferred += counters.splitDeferred
        small.swpout += counters.swpout
        small.swpoutFallback += counters.swpoutFallback
      }
      for task in world.tasks { world.machine.exit(task) }
      world.machine.validate()
      #expect(world.machine.userFrames == 0 && world.machine.swapUse.used == 0, "seed \(seed)")
    }
    #expect(seen.thpFaultAlloc > 0 && seen.thpFaultFallback > 0 && seen.thpSplitPage > 0)
    #expect(seen.thpSplitPmd > 0 && seen.thpDeferredSplitPage > 0 && seen.thpSwpout > 0)
    guard mixesSizes else {
      #expect(small == HugePageCounters())
      return
    }
    #expect(small.anonFaultAlloc > 0 && small.anonFaultFallback > 0, "\(small)")
    #expect(small.anonFaultFallbackCharge > 0 && small.split > 0, "\(small)")
    #expect(small.splitDeferred > 0 && small.swpout > 0, "\(small)")
  }
}
