import MemoryUnits
import PageFrames
import Testing

@Suite("RowBuddy: calls that overlap nothing fail only when nothing suitable is free")
struct RowBuddyExhaustionTests {
  private static func buddy(_ frames: Int, cores: Int, start: Int = 0) -> RowBuddy<NoSteps> {
    RowBuddy(FrameRange(start: FrameNumber(start), count: frames), coreCount: cores)
  }

  @Test("each order down to the last block, by cores in turn, while others hold frames")
  func everyOrder() {
    for order in 0...10 {
      let buddy = Self.buddy(4096, cores: 3)
      // Every core gets blocks into its slots.
      for core in 0..<3 {
        for held in [0, 3, 7] {
          guard let frame = buddy.allocate(Order(held), .movable, core: core) else { continue }
          buddy.free(frame, Order(held), core: core)
        }
      }
      #expect(buddy.freeFrames == 4096)
      var count = 0
      while buddy.allocate(Order(order), .movable, core: count % 3) != nil { count += 1 }
      #expect(count == 4096 >> order, "order \(order)")
      #expect(buddy.freeFrames == 0 && buddy.heldFrames == 0)
      buddy.validate()
    }
  }

  @Test("frames in another core's hands, of another class too", arguments: FrameClass.allCases)
  func heldElsewhere(frameClass: FrameClass) {
    let buddy = Self.buddy(1024, cores: 2)
    var mine: [FrameNumber] = []
    for _ in 0..<100 { if let f = buddy.allocate(.base, .movable, core: 0) { mine.append(f) } }
    for frame in mine { buddy.free(frame, .base, core: 0) }
    #expect(buddy.heldFrames > 0 && buddy.freeFrames == 1024)
    var count = 0
    while buddy.allocate(.base, frameClass, core: 1) != nil { count += 1 }
    #expect(count == 1024)
  }

  @Test("orders 9 and 10 while a core owns a block of which every frame is free")
  func ownedBlock() {
    for order in [Order.huge, .maximum] {
      let buddy = Self.buddy(1024, cores: 2)
      guard let frame = buddy.allocate(.base, .movable, core: 0) else { return }
      #expect(buddy.allocate(.maximum, .movable, core: 1) == nil)
      buddy.free(frame, .base, core: 0)
      var count = 0
      while buddy.allocate(order, .movable, core: 1) != nil { count += 1 }
      #expect(count == 1024 / order.frameCount)
      #expect(buddy.counters.failed == 2)
    }
  }

  @Test("after a refusal, what comes back is found at once, whichever way it comes back")
  func afterRefusal() {
    let buddy = Self.buddy(2048, cores: 2, start: 1024)
    let first = FrameNumber(1024)
    let claimed = buddy.claim(FrameRange(start: first, count: 2048))
    #expect(claimed)
    func refused(_ order: Order) -> Bool { buddy.allocate(order, .movable, core: 1) == nil }
    for core in 0..<2 {
      #expect(refused(.base) && refused(.huge) && refused(.maximum) && refused(.base))
      // A part of a block of order 10, then the next frame: into the core's own hands.
      buddy.free(FrameNumber(1030), .base, core: core)
      buddy.free(FrameNumber(1031), .base, core: core)
      #expect(buddy.allocate(Order(1), .movable, core: 1 - core) == FrameNumber(1030))
      #expect(refused(.base))
      // Its buddy is a block of order 9 since.
      buddy.free(FrameNumber(1536), .huge, core: core)
      #expect(refused(.maximum) && !refused(.huge) && refused(.base))
      buddy.release(FrameRange(start: FrameNumber(2048), count: 1))
      #expect(refused(Order(1)) && !refused(.base) && refused(.base))
      buddy.release(FrameRange(start: first, count: 2048))
      #expect(buddy.freeFrames == 2048)
      let again = buddy.claim(FrameRange(start: first, count: 2048))
      #expect(again && buddy.freeFrames == 0)
    }
  }

  @Test("odd ranges with holes: every aligned block of every order is found", arguments: 1...20)
  func holes(seed: Int) {
    var generator = SplitMix64(seed: UInt64(seed))
    let start = Int(generator.next(upperBound: 3000))
    let range = FrameRange(
      start: FrameNumber(start), count: 1 + Int(generator.next(upperBound: 4000)))
    let buddy = RowBuddy(range, coreCount: 2)
    var model = FrameModel(range)
    for _ in 0..<generator.next(upperBound: 12) {
      let first = start + Int(generator.next(upperBound: UInt64(range.count)))
      let count = min(1 + Int(generator.next(upperBound: 700)), range.end.index - first)
      if buddy.claim(FrameRange(start: FrameNumber(first), count: count)) {
        model.mark(first..<first + count, free: false)
      }
    }
    for order in (0...10).reversed() {
      while let frame = buddy.allocate(Order(order), .movable, core: order & 1)?.index {
        let frames = frame..<frame + 1 << order
        let fits = frame >= start && frames.upperBound <= range.end.index
        guard fits, model.isAllFree(frames) else {
          Issue.record("seed \(seed): order \(order) got \(frames)")
          return
        }
        model.mark(frames, free: false)
      }
      #expect(!model.hasFree(order), "seed \(seed), order \(order)")
    }
    #expect(buddy.freeFrames == 0 && model.freeFrames == 0)
    buddy.validate()
  }
}
