import MemoryUnits
import PageFrames
import Testing

@Suite("LinuxBuddy: high-atomic reserve, areas, isolation")
struct LinuxReserveTests {
  static let urgent = FrameRequest(Order(2), .unmovable, flags: [.high, .nonBlocking])

  @Test("a high-order request that cannot wait reserves its pageblock, up to 1 % of the zone")
  func reserves() {
    // 1 % of 1,000 pageblocks of 8 frames: 80 frames, ten pageblocks.
    var buddy = linuxBuddy(8000, LinuxPolicy.linux618.small(3))
    var taken: [FrameNumber] = []
    while taken.count < 60, let frame = buddy.allocate(Self.urgent) { taken.append(frame) }
    #expect(buddy.pageblockCount(.highAtomic) == 10)
    #expect(buddy.zoneState(0).reservedHighAtomic == 80)
    buddy.validate()
    for frame in taken { buddy.free(frame, Order(2), core: 0) }
    buddy.validate()
    while buddy.unreserve(for: .movable, force: false) { buddy.validate() }
    // The last pageblock stays, unless it has merged with others into one free block.
    #expect(buddy.zoneState(0).reservedHighAtomic <= 8)
    while buddy.unreserve(for: .movable, force: true) {}
    #expect(buddy.zoneState(0).reservedHighAtomic == 0)
    #expect(buddy.placementCounters.unreservedPageblocks == 10)
    buddy.validate()
  }

  @Test("a zone of which 1 % is less than a pageblock reserves one in 6.6 and none since 6.8")
  func smallZone() {
    for (policy, expected) in [(LinuxPolicy.linux66, 1), (.linux612, 0), (.linux618, 0)] {
      var buddy = linuxBuddy(400, policy.small(3))
      expect(buddy.allocate(Self.urgent) != nil)
      #expect(buddy.pageblockCount(.highAtomic) == expected)
      buddy.validate()
    }
  }

  @Test("others cannot have the reserve above their mark, and get it as the last resort")
  func outOfReach() {
    var buddy = linuxBuddy(8000, LinuxPolicy.linux618.small(3))
    let first = buddy.allocate(Self.urgent)
    #expect(first != nil)
    // Four frames of the reserve are free. They do not count for a plain request.
    while buddy.allocate(FrameRequest(.base, .movable)) != nil {}
    #expect(buddy.freeFrames == 4 && buddy.listedFrames == 4)
    expect(buddy.allocate(FrameRequest(Order(2), .unmovable, flags: [.outOfMemory])) != nil)
    #expect(buddy.freeFrames == 0)
    expect(buddy.allocate(.base, .movable, core: 0) == nil)
    buddy.validate()
  }

  @Test("the min mark is lowered by half for high, to three eighths for atomic requests")
  func loweredMarks() {
    // Free frames fall to what each kind must leave: 80, 40, 30, 40.
    for (flags, left) in [
      (FrameRequestFlags(), 80), ([.high], 40), ([.high, .nonBlocking], 30), ([.outOfMemory], 40),
    ] {
      var buddy = linuxBuddy(800, LinuxPolicy.linux618.small(3))
      let request = FrameRequest(.base, .unmovable, mark: 80, flags: flags)
      while buddy.allocate(request) != nil {}
      #expect(buddy.freeFrames == left, "\(flags)")
    }
  }

  @Test("a mark holds for a block only if the zone has one that is large enough")
  func orderAware() {
    var buddy = linuxBuddy(64, LinuxPolicy.linux618.small(3))
    _ = buddy.fill(.base, .movable)
    for frame in stride(from: 0, to: 64, by: 2) { buddy.free(FrameNumber(frame), .base, core: 0) }
    #expect(buddy.freeFrames == 32)
    expect(buddy.allocate(FrameRequest(Order(1), .movable, mark: 4)) == nil)
    expect(buddy.allocate(FrameRequest(.base, .movable, mark: 31)) != nil)
    expect(buddy.allocate(FrameRequest(.base, .movable, mark: 31)) == nil)
  }

  @Test("contiguous areas lend to movable frames alone, and keep to themselves")
  func areas() {
    var layout = LinuxZoneLayout(single: FrameRange(start: FrameNumber(0), count: 64))
    layout.cma = [FrameRange(start: FrameNumber(16), count: 16)]
    var buddy = linuxBuddy(64, LinuxPolicy.linux618.small(3), layout: layout)
    #expect(buddy.pageblockCount(.cma) == 2)
    expect(buddy.fill(.base, .unmovable) == 48)
    buddy.validate()
    expect(buddy.fill(.base, .movable) == 16)
    for frame in 16..<32 { buddy.free(FrameNumber(frame), .base, core: 0) }
    buddy.validate()
    #expect(buddy.freeBlockCount(Order(4), .cma) == 1)
    expect(buddy.allocate(.base, .reclaimable, core: 0) == nil)
  }

  @Test("isolated frames are handed to nobody and can be claimed; afterwards types are as before")
  func isolation() {
    var buddy = linuxBuddy(64, LinuxPolicy.linux618.small(3))
    let range = FrameRange(start: FrameNumber(8), count: 16)
    buddy.setIsolated(true, range)
    buddy.validate()
    expect(buddy.fill(.base, .movable) == 48 && buddy.listedFrames == 0 && buddy.freeFrames == 16)
    expect(buddy.claim(range))
    buddy.release(range)
    buddy.setIsolated(false, range)
    buddy.validate()
    expect(buddy.fill(Order(3), .movable) == 2)
    #expect(buddy.migratetype(ofPageblock: FrameNumber(8)) == .movable)
  }
}
