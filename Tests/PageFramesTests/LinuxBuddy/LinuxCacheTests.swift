import MemoryUnits
import PageFrames
import Testing

@Suite("LinuxBuddy: cores' lists")
struct LinuxCacheTests {
  /// A zone of 1 GiB on one core: batch 63.
  static func gibibyte(_ policy: LinuxPolicy = .linux618, cores: Int = 1) -> LinuxBuddy<NoObserver>
  {
    linuxBuddy(
      1 << 18, policy, cores: cores, watermarks: Watermarks(min: 100, low: 200, high: 300))
  }

  @Test("a batch is 63 from 512 MiB on, less below, 1 for 32 MiB")
  func batches() {
    let expected = [(8191, 1), (8192, 1), (12_288, 3), (1 << 16, 15), (1 << 17, 31), (1 << 18, 63)]
    for (managed, batch) in expected {
      #expect(LinuxBuddy<NoObserver>.batch(managed: managed) == batch, "\(managed)")
    }
    #expect(LinuxBuddy<NoObserver>.batch(managed: 1 << 30) == 63)
  }

  @Test("lists of 24 GiB on four cores grow up to the 192,512 frames that were seen on such a host")
  func published() {
    let buddy = linuxBuddy(192_512 * 32, .linux618, cores: 4, watermarks: nil)
    let state = buddy.zoneState(0)
    #expect(state.pcpHighMax == 192_512 && state.pcpBatch == 63)
    #expect(state.pcpHighMin == max(state.marks.low / 4, 252))
    var fixed = LinuxPolicy.linux618
    fixed.percpuPagelistHighFraction = 16
    let other = linuxBuddy(192_512 * 32, fixed, cores: 4, watermarks: nil).zoneState(0)
    #expect(other.pcpHighMin == 192_512 / 2 && other.pcpHighMax == other.pcpHighMin)
    let old = linuxBuddy(192_512 * 32, .linux66, cores: 4, watermarks: nil).zoneState(0)
    #expect(old.pcpHighMin == old.pcpHighMax && old.pcpHighMin == old.marks.low / 4)
  }

  @Test("refills double from a batch to 32 batches, and high grows by as much")
  func refills() {
    var buddy = Self.gibibyte()
    #expect(buddy.zoneState(0).pcpHighMin == 252)
    var sizes: [Int] = []
    var highs: [Int] = []
    var last = 0
    for _ in 0..<12_000 {
      _ = buddy.allocate(.base, .movable, core: 0)
      let held = buddy.heldByCore(0)
      if held.count >= last { sizes.append(held.count + 1) }
      if held.count >= last { highs.append(held.high) }
      last = held.count
    }
    #expect(sizes.prefix(6) == [63, 126, 252, 504, 1008, 2016])
    // min(high - count - batch, batch << factor): high is 252 + 63, + 126, + 252, ...
    #expect(highs.prefix(4) == [315, 441, 693, 1197])
    buddy.validate()
  }

  @Test(
    "before 6.7 a refill is a batch, always; higher orders take a batch of frames, at least two")
  func fixedRefills() {
    for (order, blocks) in [(0, 63), (1, 31), (2, 15), (3, 7), (9, 2)] {
      var buddy = Self.gibibyte(.linux66)
      for _ in 0..<3 {
        _ = buddy.allocate(Order(order), .movable, core: 0)
        #expect(buddy.heldByCore(0).count == (blocks - 1) << order)
        while buddy.heldByCore(0).count > 0 { _ = buddy.allocate(Order(order), .movable, core: 0) }
      }
    }
  }

  @Test("orders 4 to 8 and 10 go past the lists")
  func otherOrders() {
    var buddy = Self.gibibyte()
    for order in [4, 5, 6, 7, 8, 10] {
      let frame = buddy.allocate(Order(order), .movable, core: 0)
      #expect(buddy.heldFrames == 0)
      if let frame { buddy.free(frame, Order(order), core: 0) }
      #expect(buddy.heldFrames == 0)
    }
  }

  @Test("huge pages of movable and of other frames lie in lists of their own since 6.10")
  func hugeLists() {
    for (policy, isApart) in [(LinuxPolicy.linux66, false), (.linux618, true)] {
      var buddy = Self.gibibyte(policy)
      let movable = buddy.allocate(.huge, .movable, core: 0)
      #expect(buddy.heldByCore(0).count == 512)
      let other = buddy.allocate(.huge, .unmovable, core: 0)
      #expect(movable != nil && other != nil)
      #expect(buddy.heldByCore(0).count == (isApart ? 1024 : 0))
      buddy.validate()
    }
  }

  private func take(_ buddy: inout LinuxBuddy<NoObserver>, _ frames: inout [FrameNumber]) {
    if let frame = buddy.allocate(.base, .movable, core: 0) { frames.append(frame) }
  }

  @Test("what was freed last is taken first; what is cut back is what was freed first")
  func order() {
    var buddy = Self.gibibyte()
    var frames: [FrameNumber] = []
    for _ in 0..<8 { take(&buddy, &frames) }
    buddy.free(frames[3], .base, core: 0)
    buddy.free(frames[5], .base, core: 0)
    expect(buddy.allocate(.base, .movable, core: 0) == frames[5])
    expect(buddy.allocate(.base, .movable, core: 0) == frames[3])
  }

  @Test("an idle core's lists shrink by an eighth at every tick; those of 6.6 stay")
  func decay() {
    for (policy, shrinks) in [(LinuxPolicy.linux618, true), (.linux66, false)] {
      var buddy = Self.gibibyte(policy)
      var frames: [FrameNumber] = []
      for _ in 0..<20_000 { take(&buddy, &frames) }
      for frame in frames { buddy.free(frame, .base, core: 0) }
      let before = buddy.heldByCore(0)
      buddy.tick()
      let after = buddy.heldByCore(0)
      if shrinks {
        #expect(after.high == max(before.count - 2016, before.high - before.high / 8, 252))
        #expect(after.count <= after.high)
      } else {
        #expect(after.count == before.count)
      }
      for _ in 0..<100 { buddy.tick() }
      #expect(!shrinks || buddy.heldByCore(0).high == 252)
      buddy.validate()
    }
  }

  @Test("held frames are free, in no block, and given back when somebody needs them")
  func held() {
    var buddy = linuxBuddy(4096, LinuxPolicy.linux618.small(9, pcp: true), cores: 2)
    let frame = buddy.allocate(.base, .movable, core: 1)
    #expect(buddy.freeFrames == 4095)
    #expect(buddy.freeFrames - buddy.heldFrames == buddy.listedFrames)
    if let frame { buddy.free(frame, .base, core: 1) }
    #expect(buddy.heldFrames > 0)
    #expect(frame.map { buddy.isHeld($0) && !buddy.isFree($0) } == true)
    // All of it in blocks of 4 MiB: only when core 1 has given up its own.
    expect(buddy.fill(.maximum, .movable) == 4 && buddy.heldFrames == 0)
  }

  @Test("a second free of a held frame ends the process")
  func doubleFree() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var buddy = linuxBuddy(4096, LinuxPolicy.linux618)
      guard let frame = buddy.allocate(.base, .movable, core: 0) else { return }
      buddy.free(frame, .base, core: 0)
      buddy.free(frame, .base, core: 0)
    }
    #expect(FaultTests.line(result) == "framelab: double free: frame 0, order 0\n")
  }
}
