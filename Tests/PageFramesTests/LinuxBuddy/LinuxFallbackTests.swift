import MemoryUnits
import PageFrames
import Testing

/// Two pageblocks of eight frames, all owned as movable, of which the given frames are free again.
private func mixed(_ policy: LinuxPolicy, free: [Range<Int>]) -> LinuxBuddy<NoObserver> {
  var buddy = linuxBuddy(16, policy.small(3))
  _ = buddy.fill(Order(3), .movable)
  for range in free {
    buddy.release(FrameRange(start: FrameNumber(range.lowerBound), count: range.count))
  }
  return buddy
}

@Suite("LinuxBuddy: fallback between types")
struct LinuxFallbackTests {
  @Test("a block of a pageblock and more is claimed whole, the largest first")
  func wholeBlock() {
    var buddy = linuxBuddy(4096, LinuxPolicy.linux618.small(9))
    let frame = buddy.allocate(.base, .unmovable, core: 0)
    #expect(frame == FrameNumber(0) && buddy.pageblockCount(.unmovable) == 2)
    #expect(buddy.freeBlockCount(.huge, .unmovable) == 1)
    #expect(buddy.placementCounters.claims == 1 && buddy.watermarkBoost == 0)
    buddy.validate()
  }

  @Test("half a pageblock of free frames is claimed with its pageblock, less is stolen")
  func claimAndSteal() {
    var claims = mixed(.linux618, free: [0..<4])
    expect(claims.allocate(.base, .unmovable, core: 0) == FrameNumber(0))
    #expect(claims.migratetype(ofPageblock: FrameNumber(0)) == .unmovable)
    #expect(claims.freeBlockCount(Order(1), .unmovable) == 1)
    claims.validate()
    var steals = mixed(.linux618, free: [0..<2])
    expect(steals.allocate(.base, .unmovable, core: 0) == FrameNumber(0))
    #expect(steals.migratetype(ofPageblock: FrameNumber(0)) == .movable)
    #expect(steals.freeBlockCount(.base, .movable) == 1)
    #expect(steals.placementCounters.steals == 1 && steals.placementCounters.claims == 0)
    steals.validate()
  }

  @Test("frames that do not move count as alike in a movable pageblock, movable ones do not")
  func alike() {
    // Half a pageblock unmovable beforehand, two frames free: 2 + 4 of 8.
    var buddy = linuxBuddy(16, LinuxPolicy.linux618.small(3))
    _ = buddy.fill(Order(3), .movable)
    buddy.release(FrameRange(start: FrameNumber(0), count: 2))
    expect(buddy.allocate(Order(1), .unmovable, core: 0) == FrameNumber(0))
    buddy.release(FrameRange(start: FrameNumber(2), count: 2))
    expect(buddy.allocate(Order(1), .unmovable, core: 0) == FrameNumber(2))
    #expect(buddy.migratetype(ofPageblock: FrameNumber(0)) == .unmovable)
    buddy.validate()
  }

  @Test("6.18 steals the smallest block, 6.12 the largest, and 6.6 keeps its rest")
  func kernels() {
    // A block of two frames in the first pageblock, one frame in the second.
    let free = [0..<2, 8..<9]
    var new = mixed(.linux618, free: free)
    expect(new.allocate(.base, .unmovable, core: 0) == FrameNumber(8))
    var middle = mixed(.linux612, free: free)
    expect(middle.allocate(.base, .unmovable, core: 0) == FrameNumber(0))
    #expect(middle.freeBlockCount(.base, .movable) == 2)
    var old = mixed(.linux66, free: free)
    expect(old.allocate(.base, .unmovable, core: 0) == FrameNumber(0))
    #expect(old.freeBlockCount(.base, .unmovable) == 1)
    #expect(old.migratetype(ofPageblock: FrameNumber(0)) == .movable)
    for policy in [LinuxPolicy.linux66, .linux612, .linux618] {
      var buddy = mixed(policy, free: free)
      while buddy.allocate(.base, .unmovable, core: 0) != nil { buddy.validate() }
      #expect(buddy.freeFrames == 0)
    }
  }

  @Test("a movable request below half the pageblock order claims nothing")
  func movableSteals() {
    var buddy = linuxBuddy(64, LinuxPolicy.linux618.small(4))
    _ = buddy.fill(Order(4), .unmovable)
    buddy.release(FrameRange(start: FrameNumber(0), count: 2))
    expect(buddy.allocate(.base, .movable, core: 0) == FrameNumber(0))
    #expect(buddy.migratetype(ofPageblock: FrameNumber(0)) == .unmovable)
    buddy.release(FrameRange(start: FrameNumber(16), count: 12))
    expect(buddy.allocate(Order(2), .movable, core: 0) != nil)
    // Twelve of sixteen frames were free: claimed, because order 3 is half of four and more.
    #expect(buddy.migratetype(ofPageblock: FrameNumber(16)) == .movable)
    buddy.validate()
  }

  @Test("unmovable prefers reclaimable pageblocks, movable too, reclaimable unmovable ones")
  func preferences() {
    #expect(Migratetype.unmovable.fallbacks == [.reclaimable, .movable])
    #expect(Migratetype.movable.fallbacks == [.reclaimable, .unmovable])
    #expect(Migratetype.reclaimable.fallbacks == [.unmovable, .movable])
    #expect(Migratetype.cma.fallbacks.isEmpty)
  }

  @Test("claims of parts lift the marks by a pageblock each, up to the factor of the high mark")
  func boost() {
    var policy = LinuxPolicy.linux618.small(3)
    policy.watermarkBoostFactor = 15_000
    var buddy = linuxBuddy(64, policy, watermarks: Watermarks(min: 2, low: 8, high: 12))
    _ = buddy.fill(Order(3), .movable)
    var boosts: [Int] = []
    for pageblock in 0..<6 {
      buddy.release(FrameRange(start: FrameNumber(8 * pageblock), count: 4))
      expect(buddy.allocate(Order(2), .unmovable, core: 0) != nil)
      boosts.append(buddy.watermarkBoost)
    }
    // max(8, 12 * 1.5) = 18.
    #expect(boosts == [8, 16, 18, 18, 18, 18])
    expect(buddy.takeBoostSignal())
    expect(!buddy.takeBoostSignal())
    buddy.watermarkBoost = 3
    #expect(buddy.watermarkBoost == 3)
  }

  @Test("a zone Normal above DMA32 does not mix types before DMA32 is exhausted")
  func nofragment() {
    // Pageblocks of eight frames: two in DMA32, two in Normal.
    let layout = LinuxZoneLayout([
      .init(.dma32, frames: FrameRange(start: FrameNumber(0), count: 16)),
      .init(.normal, frames: FrameRange(start: FrameNumber(16), count: 16)),
    ])
    for (isOn, expected) in [(true, 0..<16), (false, 16..<32)] {
      var policy = LinuxPolicy.linux618.small(3)
      policy.nofragment = isOn
      var buddy = linuxBuddy(32, policy, layout: layout)
      _ = buddy.claim(FrameRange(start: FrameNumber(16), count: 16))
      buddy.release(FrameRange(start: FrameNumber(16), count: 2))
      let frame = buddy.allocate(.base, .unmovable, core: 0)
      #expect(frame.map { expected.contains($0.index) } == true, "nofragment \(isOn)")
      buddy.validate()
    }
  }

  @Test("defrag_mode refuses to mix types until the request says that all else has failed")
  func defragMode() {
    var policy = LinuxPolicy.linux618
    policy.defragMode = true
    var buddy = mixed(policy, free: [0..<4])
    expect(buddy.allocate(FrameRequest(.base, .unmovable)) == nil)
    expect(buddy.allocate(FrameRequest(.base, .movable)) == FrameNumber(0))
    let request = FrameRequest(.base, .unmovable, flags: [.wakesReclaimer, .mayFragment])
    expect(buddy.allocate(request) != nil)
  }
}
