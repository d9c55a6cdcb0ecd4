import MemoryUnits
import PageFrames
import Testing

/// Writes down what a zone tells.
struct PressureLog: ZoneObserver {
  var events: [String] = []

  mutating func didFallBelowLow(freeFrames: Int) { events.append("low at \(freeFrames)") }
  mutating func didFallBelowMin(freeFrames: Int) { events.append("min at \(freeFrames)") }
  mutating func didReclaimDirectly(_ order: Order, freed: Int) { events.append("freed \(freed)") }
  mutating func didReachHigh(freeFrames: Int) { events.append("high at \(freeFrames)") }
  mutating func didRefuse(_ order: Order, freeFrames: Int) { events.append("refused") }
}

@Suite("A zone under pressure")
struct PressureTests {
  static let owner = FrameOwner(state: .movable)

  static func memory(
    _ frames: Int, _ marks: Watermarks
  ) -> PhysicalMemory<ListBuddy<NoObserver>, PressureLog> {
    let table = FrameTable(frameCount: frames)
    let buddy = ListBuddy(FrameRange(start: FrameNumber(0), count: frames), in: table)
    return PhysicalMemory(
      frames: table, allocator: buddy, watermarks: marks, observer: PressureLog())
  }

  @Test("low wakes the reclaimer once, min is told to the caller, frees up to high re-arm")
  func transitions() {
    var memory = Self.memory(1024, Watermarks(min: 100, low: 200, high: 300))
    var frames: [FrameNumber] = []
    var woken = 0
    /// Takes one frame as an owner does that reclaims by itself.
    func take(_ memory: inout PhysicalMemory<ListBuddy<NoObserver>, PressureLog>) -> Int {
      for (wakes, mark) in [(0, memory.zone.watermarks.low), (1, memory.zone.watermarks.min)] {
        if wakes == 1, memory.zone.noteBelowLow(.base) { woken += 1 }
        if let frame = memory.allocate(
          .base, .movable, owner: Self.owner, core: 0, leaving: mark)
        {
          frames.append(frame)
          return 1
        }
      }
      memory.zone.noteBelowMin(.base)
      return 0
    }
    var taken = 0
    for _ in 0..<924 { taken += take(&memory) }
    // 824 leave 200; the next one finds the zone at low.
    #expect(taken == 924 && woken == 1 && memory.freeFrames == 100)
    #expect(memory.zone.observer.events == ["low at 200"])
    // The 925th would leave 99: its caller has to reclaim.
    #expect(take(&memory) == 0 && take(&memory) == 0)
    for frame in frames.prefix(32) { memory.free(frame, .base) }
    memory.zone.noteDirectReclaim(.base, freed: 32)
    #expect(take(&memory) == 1 && memory.freeFrames == 131)
    #expect(memory.zone.observer.events == ["low at 200", "min at 100", "freed 32"])
    // Up to high, the background reclaimer stays awake.
    for frame in frames[32..<201] { memory.free(frame, .base) }
    #expect(memory.zone.observer.events.last == "high at 300" && !memory.zone.isReclaimerAwake)
    for _ in 0..<101 { _ = take(&memory) }
    #expect(memory.zone.observer.events.last == "low at 200" && woken == 2)
    let counters = memory.zone.counters
    #expect(counters.lowCrossings == 2 && counters.minCrossings == 1)
    #expect(counters.directReclaims == 1 && counters.refused == 0)
  }

  @Test("marks may change at any time; lower ones let the background reclaimer sleep")
  func alteredMarks() {
    var memory = Self.memory(1024, Watermarks(min: 100, low: 200, high: 300))
    for _ in 0..<850 { _ = memory.allocate(.base, .movable, owner: Self.owner) }
    let wakes = memory.zone.isReclaimerAwake
    memory.zone.watermarks = Watermarks(min: 10, low: 20, high: 30)
    memory.zone.noteFreed()
    let sleeps = !memory.zone.isReclaimerAwake
    #expect(wakes && sleeps)
    #expect(memory.zone.observer.events == ["low at 200", "high at 174"])
  }

  @Test("with nothing to reclaim the marks are ignored, and only an empty zone refuses")
  func refusal() {
    var memory = Self.memory(64, Watermarks(min: 16, low: 32, high: 48))
    for _ in 0..<64 {
      let frame = memory.allocate(.base, .unmovable, owner: Self.owner)
      #expect(frame != nil)
    }
    let last = memory.allocate(.base, .unmovable, owner: Self.owner)
    #expect(last == nil)
    let counters = memory.zone.counters
    #expect(counters.lowCrossings == 1 && counters.minCrossings == 1 && counters.refused == 1)
    #expect(counters.directReclaims == 0)
  }

  @Test("claims ignore the marks, releases count as frees")
  func claims() {
    var memory = Self.memory(1024, Watermarks(min: 100, low: 200, high: 300))
    let claimed = memory.claim(
      FrameRange(start: FrameNumber(0), count: 1000), owner: FrameOwner(state: .unmovable))
    #expect(claimed && memory.zone.observer.events == [])
    _ = memory.allocate(.base, .movable, owner: Self.owner)
    memory.release(FrameRange(start: FrameNumber(0), count: 500))
    #expect(memory.zone.observer.events == ["low at 24", "min at 24", "high at 523"])
  }
}
