import MemoryUnits
import PageFrames
import Testing

@Suite("LinuxBuddy: superpageblocks, clean and tainted")
struct SuperpageblockTests {
  private static func policy(pageblock: Int, pcp: Bool = false) -> LinuxPolicy {
    var policy = LinuxPolicy.superpageblocks.small(pageblock, pcp: pcp)
    policy.superpageblockOrder = 10
    return policy
  }

  /// Which superpageblocks of 1,024 frames are tainted.
  private static func tainted(_ world: borrowing SeparationWorld) -> [Bool] {
    (0..<world.owner.count >> 10).map {
      world.buddy.isInTaintedSuperpageblock(FrameNumber($0 << 10)) ?? false
    }
  }

  /// Allocates and says what was wrong: a clean superpageblock tainted while a tainted one had room, a
  /// frame that does not move in a clean one, an empty one that is tainted, or a refusal without need.
  private static func failure(
    _ world: inout SeparationWorld, _ order: Order, _ frameClass: FrameClass
  ) -> String? {
    let before = tainted(world)
    let count = before.count
    var hadRoom = [Bool](repeating: false, count: count)
    for index in 0..<count {
      hadRoom[index] = world.hasFree(order, in: SeparationWorld.superpageblock(index, 10))
    }
    guard world.allocate(order, frameClass) else {
      return hadRoom.contains(true) ? "refused \(order.index) with room in \(hadRoom)" : nil
    }
    let after = tainted(world)
    let new = (0..<count).filter { after[$0] && !before[$0] }
    if new.count > 1 || frameClass == .movable && !new.isEmpty { return "tainted \(new)" }
    if !new.isEmpty, (0..<count).contains(where: { before[$0] && hadRoom[$0] }) {
      return "tainted \(new) with room in a tainted one"
    }
    return stateFailure(world)
  }

  private static func stateFailure(_ world: borrowing SeparationWorld) -> String? {
    world.buddy.validate()
    for (index, isTainted) in tainted(world).enumerated() {
      let frames = world.owner[SeparationWorld.superpageblock(index, 10)]
      if !isTainted, frames.contains(where: { $0 != nil && $0 != .movable }) {
        return "\(index) is clean and has a frame that does not move"
      }
      if isTainted, frames.allSatisfy({ $0 == nil }) { return "\(index) is tainted and empty" }
    }
    let isTainted = tainted(world)
    guard world.buddy.superpageblockCount(isTainted: true) == isTainted.count(where: \.self) else {
      return "a wrong count of tainted superpageblocks"
    }
    return nil
  }

  /// Three superpageblocks of four pageblocks of 256 frames.
  @Test("every sequence of a few requests taints no more superpageblocks than it must")
  func everySequence() {
    let requests: [(order: Int, FrameClass)] = [
      (8, .unmovable), (7, .reclaimable), (9, .movable), (10, .movable), (6, .unmovable),
    ]
    let choices = requests.count + 2
    let length = isLong ? 7 : 5
    for sequence in 0..<(0..<length).reduce(1, { power, _ in power * choices }) {
      var world = SeparationWorld(3 << 10, Self.policy(pageblock: 8))
      var rest = sequence
      for step in 0..<length {
        let choice = rest % choices
        rest /= choices
        var failure: String?
        if choice < requests.count {
          failure = Self.failure(&world, Order(requests[choice].order), requests[choice].1)
        } else if !world.live.isEmpty {
          world.free(at: choice == requests.count ? 0 : world.live.count - 1)
          failure = Self.stateFailure(world)
        }
        if let failure {
          Issue.record("sequence \(sequence), step \(step): \(failure)")
          return
        }
      }
    }
  }

  @Test("random requests and frees up to the last frame, small pageblocks")
  func random() {
    for seed in 0..<UInt64(isLong ? 200 : 12) {
      var generator = SplitMix64(seed: seed)
      var world = SeparationWorld(4 << 10, Self.policy(pageblock: 3 + Int(seed % 4) * 2))
      var live = 0
      for step in 0..<(isLong ? 4000 : 1200) {
        let isGrowing = step / 300 % 2 == 0
        var failure: String?
        if generator.next(upperBound: 10) < (isGrowing ? 8 : 3) {
          let frameClass: FrameClass =
            [.movable, .movable, .movable, .unmovable, .reclaimable][
              Int(generator.next(upperBound: 5))]
          let order = Order(Int(generator.next(upperBound: 7)))
          failure = Self.failure(&world, order, frameClass)
        } else if !world.live.isEmpty {
          world.free(at: Int(generator.next(upperBound: UInt64(world.live.count))))
          failure = Self.stateFailure(world)
        }
        live = max(live, world.live.count)
        if let failure {
          Issue.record("seed \(seed), step \(step), \(live) blocks: \(failure)")
          return
        }
      }
    }
  }

  @Test("requests that do not move stay together where plain Linux spreads them")
  func together() {
    var counts: [Int] = []
    for policy in [Self.policy(pageblock: 5), LinuxPolicy.linux618.small(5)] {
      var world = SeparationWorld(8 << 10, policy)
      var generator = SplitMix64(seed: 3)
      // Full of movable frames, a third of them free again at random; then frames that do not move.
      while world.allocate(.base, .movable) {}
      for _ in 0..<(8 << 10) / 3 {
        world.free(at: Int(generator.next(upperBound: UInt64(world.live.count))))
      }
      for _ in 0..<200 { expect(world.allocate(.base, .unmovable)) }
      counts.append(
        (0..<8).count { index in
          world.owner[SeparationWorld.superpageblock(index, 10)].contains(.unmovable)
        })
      world.buddy.validate()
    }
    #expect(counts == [1, counts[1]] && counts[1] > 1)
  }

  @Test("a superpageblock that its zone has in part is tainted for ever, and never counted")
  func partial() {
    var world = SeparationWorld(2 << 10 + 512, Self.policy(pageblock: 5))
    #expect(world.buddy.superpageblockCount(isTainted: false) == 2)
    #expect(world.buddy.superpageblockCount(isTainted: true) == 0)
    #expect(world.buddy.isInTaintedSuperpageblock(FrameNumber(2 << 10)) == true)
    expect(world.allocate(.base, .unmovable))
    #expect(world.live[0].frame.index >= 2 << 10)
    world.free(at: 0)
    world.buddy.validate()
    #expect(world.buddy.isInTaintedSuperpageblock(FrameNumber(2 << 10)) == true)
  }

  @Test("isolation and a pageblock for urgent requests keep the count of what taints")
  func isolated() {
    var world = SeparationWorld(2 << 10, Self.policy(pageblock: 5))
    expect(world.allocate(.base, .unmovable))
    let head = world.live[0].frame.index & -32
    world.buddy.setIsolated(true, FrameRange(start: FrameNumber(head), count: 32))
    world.buddy.validate()
    world.free(at: 0)
    world.buddy.validate()
    #expect(world.buddy.superpageblockCount(isTainted: true) == 1)
    world.buddy.setIsolated(false, FrameRange(start: FrameNumber(head), count: 32))
    world.buddy.validate()
    #expect(world.buddy.superpageblockCount(isTainted: true) == 0)
    #expect(world.buddy.freeBlockCount(.maximum) == 2)
  }
}
