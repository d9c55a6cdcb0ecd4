import Aging
import Fragmentation
import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Memory of a machine, fragmented on purpose")
struct MachineAgeTests {
  static func machine(_ allocator: MachineConfiguration.Allocator, cores: Int = 2) -> Machine {
    Machine(
      MachineConfiguration(
        frameCount: 1 << 15, allocator: allocator, coreCount: cores, keepsContents: false))
  }

  @Test(
    "every method reaches the index that was asked for", arguments: AgingMethod.planned,
    MachineConfiguration.Allocator.allCases)
  func index(_ method: AgingMethod, _ allocator: MachineConfiguration.Allocator) throws {
    for asked in [0.2, 0.6, 0.95] {
      var machine = Self.machine(allocator)
      let goal = AgingGoal(unusable: asked, unmovable: 0.1)
      let report = try machine.age(method, goal, seed: 7)
      machine.validate()
      let reached = try #require(report.unusable)
      // Blocks that the kernel spoils and the reserve are part of free memory; a block of 64 is 1.6 %.
      #expect(abs(reached - asked) < 0.03, "\(method) over \(allocator): asked \(asked)")
      #expect(abs(report.unmovable - 0.1) < 0.01, "\(method) over \(allocator)")
      #expect(Int(report.freeAreas.freeFrames) == machine.freeFrames)
    }
  }

  @Test("pinned frames are seen as such, stay, and every kept page of a file is clean page cache")
  func states() throws {
    for method in [AgingMethod.frag, .pageCache] {
      var machine = Self.machine(.listBuddy)
      let report = try machine.age(method, AgingGoal(unusable: 0.9, unmovable: 0.25), seed: 3)
      var states: [UInt8] = []
      machine.fillStates(&states)
      let pinned = states.count { $0 == FrameState.pinned.rawValue }
      #expect(pinned == report.pinnedFrames)
      let movable: FrameState = method == .pageCache ? .cleanFile : .movable
      #expect(states.count { $0 == movable.rawValue } == report.keptFrames - pinned)
    }
  }

  @Test("the same seed gives the same memory, another seed another")
  func seeds() throws {
    var all: [[UInt8]] = []
    for seed in [1, 1, 2] as [UInt64] {
      var machine = Self.machine(.listBuddy)
      _ = try machine.age(.randomHalf, AgingGoal(unusable: 0.5), seed: seed)
      var states: [UInt8] = []
      machine.fillStates(&states)
      all.append(states)
    }
    #expect(all[0] == all[1])
    #expect(all[0] != all[2])
  }

  @Test("a machine without a free 2 MiB is refused")
  func tooSmall() {
    var machine = Machine(MachineConfiguration(frameCount: 512, keepsContents: false))
    #expect(throws: Errno.noMemory) {
      try machine.age(.frag, AgingGoal(unusable: 0.5), seed: 1)
    }
  }

  @Test("frames without a machine reach the index too", arguments: AgingMethod.planned)
  func plainMemory(_ method: AgingMethod) throws {
    var list = ListBuddyMemory(frameCount: 1 << 16)
    var row = RowBuddyMemory(frameCount: 1 << 16)
    let goal = AgingGoal(unusable: 0.4, unmovable: 0.5, free: 0.5)
    let reports = [list.age(method, goal, seed: 11), row.age(method, goal, seed: 11)]
    #expect(reports[0] == reports[1])
    list.zone.allocator.validate()
    row.zone.allocator.validate()
    let reached = try #require(reports[0].unusable)
    #expect(abs(reached - 0.4) < 0.02)
    #expect(abs(reports[0].free - 0.5) < 0.01)
    #expect(abs(reports[0].unmovable - 0.5) < 0.001)
  }
}
