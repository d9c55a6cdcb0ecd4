import MemoryUnits
import Testing
import VirtualMemory

@Suite("Machine: contents under memory pressure")
struct PressureModelTests {
  @Test(
    "every byte is what the model says, and all invariants hold after every operation",
    arguments: MachineConfiguration.Allocator.allCases)
  func enoughSwap(allocator: MachineConfiguration.Allocator) throws {
    for seed in 1...UInt64(isLong ? 1000 : 12) {
      var world = try PressureWorld(seed: seed, frames: 300, swap: 1200, allocator: allocator)
      for step in 0..<160 {
        try world.step("seed \(seed), step \(step)")
        world.machine.validate()
      }
      try world.compare("seed \(seed), at the end")
      #expect(world.machine.counters.oomKill == 0, "seed \(seed)")
      try world.end("seed \(seed)")
    }
  }

  @Test("with little swap tasks may be killed; those that live have all their bytes")
  func littleSwap() throws {
    var kills: UInt64 = 0
    for seed in 1...UInt64(isLong ? 2000 : 24) {
      var world = try PressureWorld(
        seed: seed, frames: 256, swap: [0, 16, 100][Int(seed % 3)], allocator: .listBuddy,
        mayRunOut: true)
      for step in 0..<160 where !world.live.isEmpty {
        try world.step("seed \(seed), step \(step)")
        world.machine.validate()
        _ = world.bury()
      }
      try world.compare("seed \(seed), at the end")
      kills += world.machine.counters.oomKill
      try world.end("seed \(seed)")
    }
    #expect(kills > 0)
  }

  @Test("a group never has more than its limit, and reclaims from itself")
  func groups() throws {
    var writes: UInt64 = 0
    for seed in 1...UInt64(isLong ? 1000 : 12) {
      let limit = 130 + Int(seed % 5) * 20
      var world = try PressureWorld(
        seed: seed, frames: 1024, swap: 1200, allocator: .listBuddy, limit: limit)
      for step in 0..<160 {
        try world.step("seed \(seed), step \(step)")
        world.machine.validate()
        #expect(world.machine.charge(of: 1) <= limit, "seed \(seed), step \(step)")
      }
      try world.compare("seed \(seed), at the end")
      let counters = world.machine.counters
      #expect(counters.pgscanDirect == 0 && counters.kswapdWakeups == 0, "seed \(seed)")
      #expect(counters.oomKill == 0, "seed \(seed)")
      writes += counters.pswpout
      try world.end("seed \(seed)")
    }
    #expect(writes > 0)
  }

  @Test("the same calls give the same counters and the same time")
  func deterministic() throws {
    func run() throws -> (MachineCounters, UInt64) {
      var world = try PressureWorld(seed: 7, frames: 280, swap: 900, allocator: .listBuddy)
      for step in 0..<300 { try world.step("step \(step)") }
      return (world.machine.counters, world.machine.clock)
    }
    let first = try run()
    let second = try run()
    #expect(first.0 == second.0 && first.1 == second.1)
    #expect(first.0.pgstealKswapd > 0 && first.0.pgstealDirect > 0)
  }
}
