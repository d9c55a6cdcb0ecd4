import MemoryUnits
import PageFrames
import Testing

@Suite("RowBuddy: a broken promise ends the process with one line that names frame and order")
struct RowBuddyFaultTests {
  /// Two pairs at frame 1024, two cores.
  static func buddy() -> RowBuddy<NoSteps> {
    RowBuddy(FrameRange(start: FrameNumber(1024), count: 2048), coreCount: 2)
  }

  /// Ends the process in peace: what a test of a fault must not come to.
  static func expect(_ line: String, _ result: ExitTest.Result?) {
    #expect(FaultTests.line(result) == "framelab: \(line)\n")
  }

  @Test("a second free: of a frame whose shared bit says that it is free")
  func sharedBit() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.base, .movable, core: 0) else { return }
      // Core 0 owns the block: core 1 frees into the rows.
      buddy.free(frame, .base, core: 1)
      buddy.free(frame, .base, core: 1)
    }
    Self.expect("double free: frame 1024, order 0", result)
  }

  @Test("of a frame in the core's own hands")
  func ownHands() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.base, .movable, core: 0) else { return }
      buddy.free(frame, .base, core: 0)
      buddy.free(frame, .base, core: 0)
    }
    Self.expect("double free: frame 1024, order 0", result)
  }

  @Test("of a frame whose shared bit says so, into the core's own hands")
  func ownBlockSharedBit() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.base, .movable, core: 0) else { return }
      buddy.free(frame, .base, core: 1)
      buddy.free(frame, .base, core: 0)
    }
    Self.expect("double free: frame 1024, order 0", result)
  }

  /// Frees a frame that lies in core 0's hands as core 1.
  static func freeInOtherHands(_ buddy: borrowing RowBuddy<NoSteps>) -> FrameNumber? {
    guard let frame = buddy.allocate(.base, .movable, core: 0) else { return nil }
    buddy.free(frame, .base, core: 0)
    buddy.free(frame, .base, core: 1)
    return frame
  }

  @Test("of a frame in another core's hands: before that core hands it out")
  func otherHands() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let buddy = Self.buddy()
      let frame = Self.freeInOtherHands(buddy)
      while let next = buddy.allocate(.base, .movable, core: 0) { if next == frame { return } }
    }
    Self.expect("double free: frame 1024, order 0", result)
  }

  @Test("of a frame in another core's hands: before a third finds it")
  func otherHandsExhaustion() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let buddy = Self.buddy()
      let frame = Self.freeInOtherHands(buddy)
      while let next = buddy.allocate(.base, .movable, core: 1) { if next == frame { return } }
    }
    Self.expect("double free: frame 1024, order 0", result)
  }

  @Test("of a frame in another core's hands: at a drain")
  func otherHandsDrain() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let buddy = Self.buddy()
      _ = Self.freeInOtherHands(buddy)
      buddy.drain(core: 0)
    }
    Self.expect("double free: frame 1024, order 0", result)
  }

  @Test("of a run in another core's hands: before a run over it is handed out")
  func otherHandsRun() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(Order(3), .movable, core: 0) else { return }
      buddy.free(frame, Order(3), core: 0)
      buddy.free(frame.advanced(by: 5), .base, core: 1)
      for order in [2, 3, 5, 7] {
        guard let next = buddy.allocate(Order(order), .movable, core: 0) else { return }
        if FrameRange(block: next, Order(order)).contains(frame.advanced(by: 5)) { return }
      }
    }
    Self.expect("double free: frame 1029, order 0", result)
  }

  @Test("of whole rows")
  func rows() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(Order(8), .movable, core: 0) else { return }
      buddy.free(frame, Order(8), core: 1)
      buddy.free(frame.advanced(by: 64), Order(7), core: 1)
    }
    Self.expect("free of a misaligned block: frame 1088, order 7", result)
    let second = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(Order(8), .movable, core: 0) else { return }
      buddy.free(frame, Order(8), core: 1)
      buddy.free(frame.advanced(by: 128), Order(7), core: 1)
    }
    Self.expect("double free: frame 1152, order 0", second)
  }

  @Test("of orders 9 and 10")
  func hugeTwice() async {
    let huge = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.huge, .movable, core: 0) else { return }
      buddy.free(frame, .huge, core: 0)
      buddy.free(frame, .huge, core: 1)
    }
    Self.expect("double free: frame 1024, order 9", huge)
    let maximum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.maximum, .movable, core: 0) else { return }
      buddy.free(frame, .maximum, core: 0)
      buddy.free(frame, .maximum, core: 0)
    }
    Self.expect("double free: frame 1024, order 10", maximum)
  }

  @Test("of a part of a huge block that was freed, and of the whole after a part")
  func parts() async {
    let part = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.huge, .movable, core: 0) else { return }
      buddy.free(frame.advanced(by: 8), Order(3), core: 0)
      buddy.free(frame.advanced(by: 9), .base, core: 1)
    }
    Self.expect("double free: frame 1033, order 0", part)
    let whole = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.huge, .movable, core: 0) else { return }
      buddy.free(frame, .base, core: 0)
      buddy.free(frame, .huge, core: 0)
    }
    Self.expect("free with a wrong order: frame 1024, order 9", whole)
    let half = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.maximum, .movable, core: 0) else { return }
      buddy.free(frame, .huge, core: 0)
      buddy.free(frame, .maximum, core: 0)
    }
    #expect(FaultTests.line(half).hasSuffix("order 10\n"))
  }

  @Test("with a larger order than was allocated")
  func wrongOrder() async {
    let huge = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.huge, .movable, core: 0) else { return }
      buddy.free(frame, .maximum, core: 0)
    }
    Self.expect("free with a wrong order: frame 1024, order 10", huge)
    let single = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = Self.buddy()
      guard let frame = buddy.allocate(.base, .movable, core: 0) else { return }
      buddy.free(frame, .huge, core: 0)
    }
    Self.expect("free with a wrong order: frame 1024, order 9", single)
  }

  @Test(
    "out of range, misaligned, of an order that no block has",
    arguments: [
      (1023, 0, "free out of range"), (3072, 0, "free out of range"),
      (3071, 1, "free of a misaligned block"), (1536, 10, "free of a misaligned block"),
      (1024, 11, "free out of range"), (0, 10, "free out of range"),
    ])
  func outOfRange(frame: Int, order: Int, what: String) async {
    // Exit tests capture values that can be encoded.
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [frame, order] in
      let buddy = Self.buddy()
      guard buddy.claim(buddy.range) else { return }
      buddy.free(FrameNumber(frame), Order(order), core: 0)
    }
    Self.expect("\(what): frame \(frame), order \(order)", result)
  }

  @Test("a core that the allocator was not made for, and a release of a free frame")
  func others() async {
    let core = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = Self.buddy()
      _ = buddy.allocate(.base, .movable, core: 2)
    }
    Self.expect("no such core: frame 2, order 0", core)
    let release = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = Self.buddy()
      guard buddy.claim(FrameRange(start: FrameNumber(1100), count: 3)) else { return }
      buddy.release(FrameRange(start: FrameNumber(1100), count: 4))
    }
    Self.expect("release of a free frame: frame 1103, order 0", release)
  }

  @Test("out of range, beside frames of the same row that the core has just freed")
  func outOfRangeInRow() async {
    let start = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = RowBuddy(FrameRange(start: FrameNumber(1034), count: 600), coreCount: 1)
      while let frame = buddy.allocate(.base, .movable, core: 0), frame.index != 1034 {}
      buddy.free(FrameNumber(1034), .base, core: 0)
      buddy.free(FrameNumber(1033), .base, core: 0)
    }
    Self.expect("free out of range: frame 1033, order 0", start)
    let end = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let buddy = RowBuddy(FrameRange(start: FrameNumber(1024), count: 40), coreCount: 1)
      guard buddy.allocate(.base, .movable, core: 0) == FrameNumber(1024) else { return }
      buddy.free(FrameNumber(1024), .base, core: 0)
      buddy.free(FrameNumber(1064), .base, core: 0)
    }
    Self.expect("free out of range: frame 1064, order 0", end)
  }
}
