import MemoryUnits
import PageFrames
import Testing

@Suite("A broken promise ends the process with one line that names frame and order")
struct FaultTests {
  /// The one line that was written to standard error, or all of it when it is not one line.
  static func line(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test("a second free")
  func doubleFree() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var memory = ListBuddyMemory(frameCount: 64, watermarks: .none)
      let range = FrameRange(start: FrameNumber(16), count: 8)
      guard memory.zone.allocator.claim(range) else { return }
      memory.free(FrameNumber(20), Order(2))
      memory.free(FrameNumber(20), Order(2))
    }
    #expect(Self.line(result) == "framelab: double free: frame 20, order 2\n")
  }

  @Test("a free with a larger order than was allocated")
  func wrongOrder() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var table = FrameTable(frameCount: 64)
      table.setState(.movable, of: FrameNumber(0))
      var buddy = ListBuddy(FrameRange(start: FrameNumber(0), count: 64), in: table)
      guard let frame = buddy.allocate(Order(1), .movable, core: 0) else { return }
      buddy.free(frame, Order(3), core: 0)
    }
    #expect(Self.line(result) == "framelab: free with a wrong order: frame 0, order 3\n")
  }

  @Test("a free outside the zone")
  func outOfRange() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let table = FrameTable(frameCount: 128)
      var buddy = ListBuddy(FrameRange(start: FrameNumber(10), count: 50), in: table)
      buddy.free(FrameNumber(60), Order(0), core: 0)
    }
    #expect(Self.line(result) == "framelab: free out of range: frame 60, order 0\n")
  }

  @Test("a free of a frame that no block starts at, with an order that does not fit there")
  func misaligned() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let table = FrameTable(frameCount: 64)
      var buddy = ListBuddy(FrameRange(start: FrameNumber(0), count: 64), in: table)
      guard buddy.claim(FrameRange(start: FrameNumber(0), count: 64)) else { return }
      buddy.free(FrameNumber(3), Order(1), core: 0)
    }
    #expect(Self.line(result) == "framelab: free of a misaligned block: frame 3, order 1\n")
  }

  @Test("a release of frames of which one is free")
  func releaseOfFree() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let table = FrameTable(frameCount: 64)
      var buddy = ListBuddy(FrameRange(start: FrameNumber(0), count: 64), in: table)
      guard buddy.claim(FrameRange(start: FrameNumber(8), count: 3)) else { return }
      buddy.release(FrameRange(start: FrameNumber(8), count: 4))
    }
    #expect(Self.line(result) == "framelab: release of a free frame: frame 11, order 0\n")
  }
}
