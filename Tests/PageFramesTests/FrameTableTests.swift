import MemoryUnits
import PageFrames
import Testing

@Suite("Frame table and frame states")
struct FrameTableTests {
  @Test("owners and counts are those of each frame of the block, pages numbered in order")
  func owners() {
    var memory = ListBuddyMemory(frameCount: 4096, watermarks: .none)
    let owner = FrameOwner(state: .hugePage, group: 7, object: 9, index: 512)
    let block = memory.allocate(.huge, .movable, owner: owner)
    #expect(block == FrameNumber(0))
    var last = owner
    last.index = 1023
    #expect(memory.frames.owner(of: FrameNumber(511)) == last)
    let (references, mappings) = (
      memory.frames.references(to: FrameNumber(3)), memory.frames.mappings(of: FrameNumber(3))
    )
    #expect(references == 1 && mappings == 0)
    memory.frames.setMappings(2, of: FrameNumber(3))
    memory.frames.setReferences(5, to: FrameNumber(3))
    memory.frames.setState(.pinned, of: FrameNumber(3))
    let counts = (
      memory.frames.references(to: FrameNumber(3)), memory.frames.mappings(of: FrameNumber(3))
    )
    #expect(counts == (5, 2))
    let (pinned, neighbour) = (
      memory.frames.state(of: FrameNumber(3)), memory.frames.state(of: FrameNumber(4))
    )
    #expect(pinned == .pinned && neighbour == .hugePage)
  }

  @Test("a scan tells free from used, whatever former owners wrote, from any frame to any frame")
  func scan() {
    let table = FrameTable(frameCount: 200)
    var buddy = ListBuddy(FrameRange(start: FrameNumber(10), count: 150), in: table)
    let reserved = buddy.claim(FrameRange(start: FrameNumber(20), count: 5))
    #expect(reserved)
    var memory = PhysicalMemory(
      frames: table, allocator: buddy, watermarks: .none, observer: NoObserver())
    var expected = [UInt8](repeating: FrameState.free.rawValue, count: 200)
    for frame in Array(0..<10) + Array(20..<25) + Array(160..<200) {
      expected[frame] = FrameState.reserved.rawValue
    }
    let claimed = memory.claim(
      FrameRange(start: FrameNumber(64), count: 40), owner: FrameOwner(state: .slab))
    #expect(claimed)
    memory.release(FrameRange(start: FrameNumber(70), count: 20))
    for frame in Array(64..<70) + Array(90..<104) { expected[frame] = FrameState.slab.rawValue }
    for start in [0, 9, 10, 11, 33, 70, 77, 100, 159, 160] {
      for end in [start, 161, 200] where end >= start {
        var states: [UInt8] = []
        memory.fillStates(&states, for: FrameRange(start: FrameNumber(start), count: end - start))
        #expect(states == Array(expected[start..<end]), "frames \(start)..<\(end)")
      }
    }
  }

  @Test("a machine of 1 TiB is there at once: its table costs memory only where frames are used")
  func large() async {
    // In a process of its own, whose resident pages nobody else changes.
    await #expect(processExitsWith: .success) {
      let statm = try #require(ProcText("/proc/self/statm"))
      func resident() -> Int { Int(statm.read().split(separator: " ")[1]) ?? 0 }
      let before = resident()
      var memory = ListBuddyMemory(frameCount: 1 << 28)
      #expect(memory.freeFrames == 1 << 28)
      for _ in 0..<100 {
        let frame = memory.allocate(.maximum, .movable, owner: FrameOwner(state: .movable))
        try #require(frame != nil)
      }
      // 100 blocks of 1024 descriptors are 800 pages; the whole table has two million.
      #expect(resident() - before < 4000)
    }
  }
}
