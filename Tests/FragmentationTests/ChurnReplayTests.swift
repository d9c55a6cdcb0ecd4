import Fragmentation
import MemoryUnits
import Testing

/// Frames handed out lowest first, as simple as can be.
private struct PlainMemory: ChurnMemory {
  private(set) var isUsed: [Bool]
  private(set) var frames: [Int: Int] = [:]
  /// A place was taken twice, or given back without a frame.
  private(set) var faults = 0
  private var usedInBlock: [Int]
  /// No frame below is free.
  private var lowest = 0

  init(frames: Int) {
    isUsed = Array(repeating: false, count: frames)
    usedInBlock = Array(repeating: 0, count: frames / 512)
  }

  mutating func take(_ places: Range<Int>) -> Bool {
    guard isUsed.count - frames.count >= places.count else { return false }
    for place in places {
      while isUsed[lowest] { lowest += 1 }
      isUsed[lowest] = true
      usedInBlock[lowest / 512] += 1
      if frames.updateValue(lowest, forKey: place) != nil { faults += 1 }
    }
    return true
  }

  mutating func give(_ places: Range<Int>) {
    for place in places {
      guard let frame = frames.removeValue(forKey: place) else {
        faults += 1
        continue
      }
      isUsed[frame] = false
      usedInBlock[frame / 512] -= 1
      lowest = min(lowest, frame)
    }
  }

  /// What lies in no free block of 2 MiB counts as single frames.
  func freeAreas() -> FreeAreas {
    let blocks = usedInBlock.count { $0 == 0 }
    let single = isUsed.count - frames.count - 512 * blocks
    return FreeAreas(blocks: [UInt64(single)] + [0, 0, 0, 0, 0, 0, 0, 0] + [UInt64(blocks)])
  }
}

@Suite("Recorded churn")
struct ChurnReplayTests {
  /// Objects of some sizes that live for a while, each as long as the seed has it.
  static func churn() throws -> RecordedChurn {
    let sizes = [1, 1, 1, 2, 3]
    var generator = SplitMix64(seed: 1)
    var steps = (0..<4000).map { _ in RecordedChurn.Step(0, pages: 1) }
    var live: [Int] = []
    var unused = Array((0..<64).reversed())
    for index in steps.indices {
      if unused.isEmpty || (!live.isEmpty && generator.next(upperBound: 100) < 45) {
        let object = live.remove(at: Int(generator.next(upperBound: UInt64(live.count))))
        unused.append(object)
        steps[index] = RecordedChurn.Step(object, pages: 0)
      } else {
        let object = unused.removeLast()
        live.append(object)
        let size = sizes[Int(generator.next(upperBound: UInt64(sizes.count)))]
        steps[index] = RecordedChurn.Step(object, pages: size)
      }
    }
    return try #require(RecordedChurn(steps))
  }

  @Test("what a recording has at a time, at most and on average")
  func figures() throws {
    let steps = [(0, 3), (1, 1), (0, 0), (0, 2), (1, 0)]
    let churn = try #require(RecordedChurn(steps.map { RecordedChurn.Step($0.0, pages: $0.1) }))
    #expect(churn.objectCount == 2)
    #expect(churn.peakPages == 4)
    #expect(churn.meanPages == (3 + 4 + 1 + 3 + 2) / 5.0)
    #expect(churn.canFill(frames: 4096 * 2) && !churn.canFill(frames: 4096 * 3))
    #expect(RecordedChurn([]) == nil)
  }

  @Test("memory and replay agree on what stays, and nothing is taken or given twice")
  func accounts() throws {
    for seed in 1...8 as ClosedRange<UInt64> {
      for goal in [AgingGoal(unusable: 0.5), AgingGoal(unusable: 0.9, unmovable: 0.2, free: 0.4)] {
        var memory = PlainMemory(frames: 16 * 512)
        var replay = ChurnReplay(try Self.churn(), goal, seed: seed, frames: 16 * 512)
        replay.run(on: &memory)
        #expect(memory.faults == 0, "seed \(seed)")
        #expect(replay.livePlaces == memory.frames.keys.sorted(), "seed \(seed)")
        #expect(replay.livePages == memory.frames.count, "seed \(seed)")
        #expect(replay.freeFrames == 16 * 512 - memory.frames.count, "seed \(seed)")
        let pinned = replay.pinnedPlaces()
        #expect(Set(pinned).count == pinned.count && pinned.allSatisfy { memory.frames[$0] != nil })
        let wanted = goal.unmovable * Double(replay.livePages)
        #expect(abs(Double(pinned.count) - wanted) <= 0.5, "seed \(seed)")
      }
    }
  }

  @Test(
    "index and free share are reached to two blocks", arguments: [0, 0.25, 0.5, 0.75, 1],
    [0.2, 0.5])
  func reached(_ unusable: Double, _ free: Double) throws {
    let frames = 32 * 512
    for seed in 1...3 as ClosedRange<UInt64> {
      var memory = PlainMemory(frames: frames)
      let goal = AgingGoal(unusable: unusable, free: free)
      var replay = ChurnReplay(try Self.churn(), goal, seed: seed, frames: frames)
      replay.run(on: &memory)
      let areas = memory.freeAreas()
      let note: Comment = "seed \(seed): \(areas.blocks)"
      let blocks = 2 * 512 / Double(frames)
      #expect(abs(Double(areas.freeFrames) / Double(frames) - free) <= blocks, note)
      let step = blocks / free
      #expect(abs((areas.unusableShare(9) ?? 9) - unusable) <= step, note)
    }
  }

  @Test("one seed, one memory; another seed, another")
  func seeds() throws {
    let churn = try Self.churn()
    let all = ([1, 1, 2] as [UInt64]).map { seed in
      var memory = PlainMemory(frames: 16 * 512)
      var replay = ChurnReplay(
        churn, AgingGoal(unusable: 0.6), seed: seed, frames: 16 * 512)
      replay.run(on: &memory)
      return memory.isUsed
    }
    #expect(all[0] == all[1])
    #expect(all[0] != all[2])
  }

  @Test("a program that frees everything, and one that frees nothing, age memory too")
  func extremes() throws {
    let comings = (0..<600).map { RecordedChurn.Step($0, pages: 1) }
    let goings = (0..<600).map { RecordedChurn.Step($0, pages: 0) }
    for steps in [comings, comings + goings, [RecordedChurn.Step(0, pages: 512)]] {
      let churn = try #require(RecordedChurn(steps))
      var memory = PlainMemory(frames: 16 * 512)
      let goal = AgingGoal(unusable: 0.5, free: 0.5)
      var replay = ChurnReplay(churn, goal, seed: 3, frames: 16 * 512)
      replay.run(on: &memory)
      #expect(memory.faults == 0)
      #expect(abs(Double(replay.freeFrames) / (16 * 512) - 0.5) <= 1 / 16)
    }
  }
}
