import MemoryUnits
import PageFrames
import Testing

/// Everything that tells two allocators apart: the free blocks in the order of their lists, and what was
/// counted.
private struct Books: Equatable {
  var blocks: [FrameRange] = []
  var counters: AllocatorCounters
  var freeFrames: Int

  init(_ buddy: borrowing ListBuddy<some FrameObserver>) {
    counters = buddy.counters
    freeFrames = buddy.freeFrames
    buddy.forEachFreeBlock { blocks.append(FrameRange(block: $0, $1)) }
  }
}

@Suite("Freeing frames in a row")
struct FreeEachTests {
  /// Frees a range in both ways from the same state, and says how the results differ.
  private static func difference(
    _ frames: FrameRange, _ placement: FramePlacement,
    _ prepare: (inout ListBuddy<NoObserver>) -> Void
  ) -> String? {
    func freed(_ free: (inout ListBuddy<NoObserver>) -> Void) -> Books {
      let table = FrameTable(frameCount: 4096)
      var buddy = ListBuddy(
        FrameRange(start: FrameNumber(3), count: 4000), in: table, placement: placement)
      prepare(&buddy)
      free(&buddy)
      buddy.validate()
      return Books(buddy)
    }
    let together = freed { $0.freeEach(frames, core: 0) }
    let single = freed {
      for offset in 0..<frames.count { $0.free(frames.start.advanced(by: offset), .base, core: 0) }
    }
    return together == single ? nil : "\(frames): \(together) instead of \(single)"
  }

  @Test("leaves what frame by frame leaves: every state of eight frames, every range of used ones")
  func exhaustive() {
    for placement in FramePlacement.allCases {
      for used in 1..<256 {
        for first in 0..<8 {
          for end in first + 1...8 where (first..<end).allSatisfy({ used >> $0 & 1 == 1 }) {
            let what = Self.difference(
              FrameRange(start: FrameNumber(64 + first), count: end - first), placement
            ) { buddy in
              // Eight single frames with others in use all around, some free again.
              for frame in 56..<80 {
                _ = buddy.claim(FrameRange(start: FrameNumber(frame), count: 1))
              }
              for frame in 0..<8 where used >> frame & 1 == 0 {
                buddy.free(FrameNumber(64 + frame), .base, core: 0)
              }
            }
            #expect(what == nil, "\(placement), frames in use \(String(used, radix: 2))")
          }
        }
      }
    }
  }

  @Test("leaves what frame by frame leaves: ranges over blocks of any size with free ones between")
  func random() {
    for seed in 0..<UInt64(isLong ? 2000 : 200) {
      var generator = SplitMix64(seed: seed)
      let placement: FramePlacement =
        generator.next(upperBound: 4) == 0 ? .lowestAddressFirst : .newestFirst
      let start = 3 + Int(generator.next(upperBound: 3000))
      let frames = FrameRange(
        start: FrameNumber(start), count: Int(generator.next(upperBound: 1000)))
      let steps = generator
      let what = Self.difference(frames, placement) { buddy in
        var generator = steps
        // All memory in blocks of random orders, of which those beside the range go in part.
        let largest = generator.next(upperBound: 11)
        var blocks: [(FrameNumber, Order)] = []
        while buddy.freeFrames > 0 {
          var order = Order(Int(generator.next(upperBound: largest + 1)))
          while true {
            if let block = buddy.allocate(order, .movable, core: 0) {
              blocks.append((block, order))
              break
            }
            order = Order(order.index - 1)
          }
        }
        for (block, order) in blocks where generator.next(upperBound: 2) == 0 {
          let inside = FrameRange(block: block, order)
          if inside.end <= frames.start || frames.end <= inside.start {
            buddy.free(block, order, core: 0)
          }
        }
      }
      #expect(what == nil, "seed \(seed), \(placement)")
    }
  }

  @Test("whoever watches is told of every frame and every merge")
  func watched() {
    let table = FrameTable(frameCount: 2048)
    var buddy = ListBuddy(
      FrameRange(start: FrameNumber(0), count: 2048), in: table, observer: Bookkeeper())
    buddy.observer.free[10] = 2
    for _ in 0..<2000 { _ = buddy.allocate(.base, .movable, core: 0) }
    buddy.freeEach(FrameRange(start: FrameNumber(5), count: 1500), core: 0)
    #expect(buddy.observer.blocks == buddy.counters)
    #expect(buddy.observer.blocks.frees == 1500)
    #expect(buddy.observer.free.map { UInt64($0) } == buddy.freeBlocksByOrder())
  }

  @Test("a frame of the row that is free already ends the process")
  func doubleFree() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let table = FrameTable(frameCount: 64)
      var buddy = ListBuddy(FrameRange(start: FrameNumber(0), count: 64), in: table)
      guard buddy.claim(FrameRange(start: FrameNumber(0), count: 32)) else { return }
      buddy.free(FrameNumber(21), .base, core: 0)
      buddy.freeEach(FrameRange(start: FrameNumber(5), count: 20), core: 0)
    }
    #expect(FaultTests.line(result) == "framelab: double free: frame 21, order 0\n")
  }

  @Test("a row that leaves the zone ends the process")
  func outOfRange() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let table = FrameTable(frameCount: 128)
      var buddy = ListBuddy(FrameRange(start: FrameNumber(10), count: 50), in: table)
      guard buddy.claim(FrameRange(start: FrameNumber(40), count: 20)) else { return }
      buddy.freeEach(FrameRange(start: FrameNumber(58), count: 3), core: 0)
    }
    #expect(FaultTests.line(result) == "framelab: free out of range: frame 58, order 0\n")
  }
}
