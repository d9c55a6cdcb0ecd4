import MemoryUnits
import PageFrames
import Testing

@Suite("LinuxBuddy: a region for frames that do not move")
struct UnmovableRegionTests {
  private static func policy(pageblock: Int, pcp: Bool = false, percent: Int = 5) -> LinuxPolicy {
    var policy = LinuxPolicy.contiguitas.small(pageblock, pcp: pcp)
    policy.unmovableRegion = percent
    return policy
  }

  /// What is wrong: a frame on the wrong side of the border.
  private static func stateFailure(_ world: borrowing SeparationWorld) -> String? {
    world.buddy.validate()
    let region = world.buddy.unmovableRegion()
    for block in world.live {
      let isInside = block.frames.allSatisfy { region.contains(FrameNumber($0)) }
      let isOutside = !block.frames.contains { region.contains(FrameNumber($0)) }
      guard block.frameClass == .movable ? isOutside : isInside else {
        return "\(block.frameClass) \(block.frames) with the region \(region)"
      }
    }
    return nil
  }

  /// Whether a refusal was needed: nothing on the class's side, and nothing to be had at the border.
  private static func refusalFailure(
    _ world: borrowing SeparationWorld, _ order: Order, _ frameClass: FrameClass, _ pageblock: Int
  ) -> String? {
    let region = world.buddy.unmovableRegion()
    let border = region.start.index
    let end = border + region.count
    let inside = border..<end
    let outside = 0..<border
    let side = frameClass == .movable ? outside : inside
    if world.hasFree(order, in: side) { return "refused \(frameClass) with room in \(side)" }
    let next =
      frameClass == .movable ? border..<border + pageblock : border - pageblock..<border
    guard next.lowerBound >= 0, next.upperBound <= end else { return nil }
    return world.hasFree(Order(pageblock.trailingZeroBitCount), in: next)
      ? "refused \(frameClass) with \(next) free" : nil
  }

  @Test("no frame is ever on the wrong side, and no request is refused without need")
  func random() {
    for seed in 0..<UInt64(isLong ? 400 : 30) {
      var generator = SplitMix64(seed: seed)
      let pageblock = 2 + Int(seed % 5)
      var world = SeparationWorld(
        1600, Self.policy(pageblock: pageblock, pcp: seed % 2 == 0, percent: 1 + Int(seed % 40)),
        cores: 2)
      for step in 0..<(isLong ? 4000 : 1500) {
        let isGrowing = step / 400 % 2 == 0
        let core = Int(generator.next(upperBound: 2))
        var failure: String?
        if generator.next(upperBound: 10) < (isGrowing ? 8 : 3) {
          let frameClass: FrameClass =
            [.movable, .movable, .movable, .unmovable, .reclaimable][
              Int(generator.next(upperBound: 5))]
          let order = Order(Int(generator.next(upperBound: UInt64(pageblock + 1))))
          if !world.allocate(order, frameClass, core: core) {
            failure = Self.refusalFailure(world, order, frameClass, 1 << pageblock)
          }
        } else if !world.live.isEmpty {
          world.free(
            at: Int(generator.next(upperBound: UInt64(world.live.count))), core: core)
        }
        failure = failure ?? Self.stateFailure(world)
        if let failure {
          Issue.record("seed \(seed), step \(step): \(failure)")
          return
        }
      }
    }
  }

  @Test("the border goes where it is needed, and blocks do not merge across it")
  func border() {
    var world = SeparationWorld(64, Self.policy(pageblock: 3, percent: 20))
    #expect(world.buddy.unmovableRegion() == FrameRange(start: FrameNumber(56), count: 8))
    for _ in 0..<3 { expect(world.allocate(Order(3), .unmovable)) }
    #expect(world.buddy.unmovableRegion() == FrameRange(start: FrameNumber(40), count: 24))
    for _ in 0..<5 { expect(world.allocate(Order(3), .movable)) }
    #expect(!world.allocate(.base, .movable) && !world.allocate(.base, .unmovable))
    #expect(world.buddy.growth(for: .unmovable)?.start == FrameNumber(32))
    #expect(world.buddy.growth(for: .movable) == nil)
    // The lowest of the region is the one that was taken last.
    let last = world.live.firstIndex { $0.frame == FrameNumber(40) }
    if let last { world.free(at: last) }
    expect(world.allocate(.base, .movable))
    #expect(world.buddy.unmovableRegion().start == FrameNumber(48))
    #expect(Self.stateFailure(world) == nil)
  }

  @Test("who empties the pageblock before the border gets room for the region")
  func growth() {
    var world = SeparationWorld(64, Self.policy(pageblock: 3, percent: 10))
    while world.allocate(.base, .movable) {}
    expect(!world.allocate(.base, .reclaimable))
    let before = world.buddy.growth(for: .reclaimable)
    #expect(before == FrameRange(start: FrameNumber(56), count: 8))
    for index in world.live.indices.reversed() where world.live[index].frame.index >= 56 {
      world.free(at: index)
    }
    for _ in 0..<8 { expect(world.allocate(.base, .reclaimable)) }
    #expect(Self.stateFailure(world) == nil)
  }

  @Test("zones have regions of their own, zone Movable has none")
  func zones() {
    let layout = LinuxZoneLayout([
      .init(.dma32, frames: FrameRange(start: FrameNumber(0), count: 4096)),
      .init(.normal, frames: FrameRange(start: FrameNumber(4096), count: 8192)),
      .init(.movable, frames: FrameRange(start: FrameNumber(12288), count: 4096)),
    ])
    let buddy = linuxBuddy(16384, Self.policy(pageblock: 9, percent: 25), layout: layout)
    #expect((0..<3).map { buddy.unmovableRegion(zone: $0).count } == [1024, 2048, 0])
    #expect(buddy.unmovableRegion(zone: 1).start == FrameNumber(10240))
    buddy.validate()
  }
}
