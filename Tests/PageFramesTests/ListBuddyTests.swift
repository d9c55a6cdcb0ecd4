import MemoryUnits
import PageFrames
import Testing

@Suite("ListBuddy")
struct ListBuddyTests {
  static func buddy(_ start: Int, _ count: Int) -> ListBuddy<NoObserver> {
    let table = FrameTable(frameCount: start + count)
    return ListBuddy(FrameRange(start: FrameNumber(start), count: count), in: table)
  }

  @Test("hands out ascending frames from a fresh machine")
  func ascending() {
    var buddy = Self.buddy(0, 4096)
    for frame in 0..<4096 {
      let given = buddy.allocate(.base, .movable, core: 0)
      #expect(given == FrameNumber(frame))
    }
    let refused = buddy.allocate(.base, .movable, core: 0)
    #expect(refused == nil)
    #expect(buddy.freeFrames == 0)
    buddy.validate()
  }

  @Test("cuts odd ranges into aligned blocks", arguments: [(0, 1), (3, 1), (1, 2046), (513, 3000)])
  func oddRange(start: Int, count: Int) {
    let buddy = Self.buddy(start, count)
    buddy.validate()
    #expect(buddy.freeFrames == count)
    var frames = 0
    buddy.forEachFreeBlock { frame, order in
      #expect(frame.isAligned(to: order))
      frames += order.frameCount
    }
    #expect(frames == count)
  }

  @Test("takes a larger block back in parts, and it is whole again")
  func parts() {
    var buddy = Self.buddy(0, 1024)
    let frame = buddy.allocate(Order(4), .movable, core: 0)
    #expect(frame == FrameNumber(0))
    for part in [5, 0, 9, 1, 15, 2, 3, 4, 6, 7, 8, 10, 11, 12, 13, 14] {
      buddy.free(FrameNumber(part), .base, core: 0)
      buddy.validate()
    }
    let whole = buddy.freeBlockCount(.maximum)
    #expect(whole == 1)
    #expect(buddy.counters.splits == buddy.counters.merges)
  }

  @Test("claims exactly the frames asked for, or none")
  func claim() {
    var buddy = Self.buddy(0, 2048)
    let claimed = buddy.claim(FrameRange(start: FrameNumber(100), count: 1000))
    #expect(claimed)
    buddy.validate()
    #expect(buddy.freeFrames == 1048)
    let (last, next) = (buddy.isFree(FrameNumber(1099)), buddy.isFree(FrameNumber(1100)))
    #expect(!last && next)
    let again = buddy.claim(FrameRange(start: FrameNumber(1099), count: 2))
    #expect(!again)
    #expect(buddy.freeFrames == 1048)
    buddy.release(FrameRange(start: FrameNumber(600), count: 500))
    buddy.release(FrameRange(start: FrameNumber(100), count: 500))
    buddy.validate()
    let whole = buddy.freeBlockCount(.maximum)
    #expect(whole == 2)
  }
}
