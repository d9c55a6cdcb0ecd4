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

/// Gives back the oldest frames of a list.
struct OldestFirst: FrameReclaimer {
  var frames: [FrameNumber] = []
  var wakes = 0

  mutating func wake<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ memory: inout PhysicalMemory<Allocator, Observer>
  ) {
    wakes += 1
  }

  mutating func reclaim<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ frames: Int, for order: Order, _ memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Int {
    let count = min(frames, self.frames.count)
    for frame in self.frames.prefix(count) { memory.free(frame, .base) }
    self.frames.removeFirst(count)
    return count
  }
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

  @Test("low wakes the reclaimer once, min makes the caller reclaim, frees up to high re-arm")
  func transitions() {
    var memory = Self.memory(1024, Watermarks(min: 100, low: 200, high: 300))
    var reclaimer = OldestFirst()
    for _ in 0..<924 {
      let frame = memory.allocate(.base, .movable, owner: Self.owner, reclaimer: &reclaimer)
      if let frame { reclaimer.frames.append(frame) }
    }
    // 824 leave 200; the next one finds the zone at low.
    #expect(memory.zone.observer.events == ["low at 200"])
    #expect(reclaimer.wakes == 1 && memory.freeFrames == 100)
    // The 925th would leave 99: it reclaims a batch of 32 first.
    let direct = memory.allocate(.base, .movable, owner: Self.owner, reclaimer: &reclaimer)
    #expect(direct != nil && memory.freeFrames == 131)
    #expect(memory.zone.observer.events == ["low at 200", "min at 100", "freed 32"])
    // Up to high, the background reclaimer stays awake.
    for frame in reclaimer.frames.prefix(169) { memory.free(frame, .base) }
    reclaimer.frames.removeFirst(169)
    #expect(memory.zone.observer.events.last == "high at 300" && !memory.zone.isReclaimerAwake)
    for _ in 0..<101 {
      _ = memory.allocate(.base, .movable, owner: Self.owner, reclaimer: &reclaimer)
    }
    #expect(memory.zone.observer.events.last == "low at 200" && reclaimer.wakes == 2)
    let counters = memory.zone.counters
    #expect(counters.lowCrossings == 2 && counters.minCrossings == 1)
    #expect(counters.directReclaims == 1 && counters.refused == 0)
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

  @Test("a large block that is missing makes the caller reclaim although enough frames are free")
  func fragmented() {
    var memory = Self.memory(1024, Watermarks(min: 0, low: 0, high: 0))
    var reclaimer = OldestFirst()
    var odd: [FrameNumber] = []
    for index in 0..<1024 {
      guard let frame = memory.allocate(.base, .movable, owner: Self.owner) else { continue }
      if index % 2 == 0 { reclaimer.frames.append(frame) } else { odd.append(frame) }
    }
    for frame in odd { memory.free(frame, .base) }
    let block = memory.allocate(Order(5), .movable, owner: Self.owner, reclaimer: &reclaimer)
    #expect(block != nil && memory.zone.counters.directReclaims == 1)
    #expect(memory.zone.counters.lowCrossings == 0 && memory.zone.counters.minCrossings == 0)
  }

  @Test("a costly order does not drain the reclaimer, a small one goes on while it frees something")
  func rounds() {
    for (order, rounds) in [(9, 1), (3, 8)] {
      var memory = Self.memory(4096, Watermarks(min: 0, low: 0, high: 0))
      var reclaimer = OldestFirst()
      for index in 0..<4096 {
        guard let frame = memory.allocate(.base, .movable, owner: Self.owner) else { continue }
        // One in eight can be reclaimed, so that no free block ever grows.
        if index % 8 == 0, index < 8 * 32 * 7 { reclaimer.frames.append(frame) }
      }
      let block = memory.allocate(Order(order), .movable, owner: Self.owner, reclaimer: &reclaimer)
      #expect(block == nil)
      // Seven batches of 32 and a last one that frees nothing.
      #expect(memory.zone.counters.directReclaims == UInt64(rounds), "order \(order)")
    }
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
