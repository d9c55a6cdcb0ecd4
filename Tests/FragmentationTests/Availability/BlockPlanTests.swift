import Foundation
import Fragmentation
import MemoryUnits
import Testing

@Suite("The plan that frees blocks")
struct BlockPlanTests {
  /// The fewest moves of single pages from movable frames to free ones until so many blocks are free, by
  /// trying all sequences; nil when none gets there. A dropped page is a move that costs nothing.
  ///
  /// Frames are three of a kind at most: free, movable, staying; two bits each.
  static func fewestMoves(_ start: [FrameState], blockFrames: Int, wanted: Int) -> Int? {
    func isDone(_ states: [FrameState]) -> Bool {
      stride(from: 0, to: states.count, by: blockFrames).count { block in
        states[block..<block + blockFrames].allSatisfy { $0 == .free }
      } >= wanted
    }
    var seen: Set<[FrameState]> = [start]
    var edge = [start]
    var moves = 0
    while !edge.isEmpty {
      if edge.contains(where: isDone) { return moves }
      var next: [[FrameState]] = []
      for states in edge {
        for from in states.indices where states[from] == .movable {
          for to in states.indices where states[to] == .free {
            var moved = states
            moved.swapAt(from, to)
            if seen.insert(moved).inserted { next.append(moved) }
          }
        }
      }
      edge = next
      moves += 1
    }
    return nil
  }

  @Test("no sequence of moves is shorter, in every zone of three blocks of two frames")
  func smallestZones() {
    let kinds: [FrameState] = [.free, .movable, .unmovable]
    for code in 0..<729 {
      var rest = code
      let states = (0..<6).map { _ in
        defer { rest /= 3 }
        return kinds[rest % 3]
      }
      check(states, Order(1), "zone \(code)")
    }
  }

  /// Where in a block a frame lies makes no difference, so one arrangement of each content stands for
  /// all.
  @Test("no sequence of moves is shorter, for every content of three blocks of four frames")
  func smallZones() {
    var contents: [[FrameState]] = []
    for free in 0...4 {
      for movable in 0...4 - free {
        contents.append(
          [FrameState](repeating: .free, count: free)
            + [FrameState](repeating: .movable, count: movable)
            + [FrameState](repeating: .slab, count: 4 - free - movable))
      }
    }
    #expect(contents.count == 15)
    let isLong = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] != nil
    for first in contents.indices {
      // The order of blocks makes no difference to the fewest moves either.
      for second in (isLong ? 0 : first)..<contents.count {
        for third in (isLong ? 0 : second)..<contents.count {
          check(
            contents[first] + contents[second] + contents[third], Order(2),
            "contents \(first), \(second), \(third)")
        }
      }
    }
  }

  private func check(_ states: [FrameState], _ order: Order, _ words: Comment) {
    let zone = PlanZone(states: states.map(\.rawValue))
    for wanted in 1...3 {
      let best = Self.fewestMoves(states, blockFrames: order.frameCount, wanted: wanted)
      let plan = BlockPlan([BlockNeed(wanted, order)], in: [zone], .compaction)
      #expect((plan.isComplete ? plan.moves : nil) == best, words)
      #expect(plan.blocks.count == wanted - plan.missing.reduce(0) { $0 + $1.count }, words)
      #expect(plan.drops == 0)
    }
  }

  @Test("moves(N) of the scan is what the plan for N moves, for every N of every order")
  func curve() throws {
    for seed in 0..<UInt64(20) {
      var generator = SplitMix64(seed: seed)
      let states = randomStates(20_000, &generator).map(\.rawValue)
      let zone = PlanZone(start: FrameNumber(512), states: states)
      var scan = AvailabilityScan()
      scan.add(states, start: FrameNumber(512))
      let answer = ZoneAvailability(scan, name: "Normal", limits: nil)
      for order in [3, 5, 9, 10, 12] {
        let known = try #require(answer[Order(order)])
        for unknownMoves in [false, true] {
          let curve = unknownMoves ? known.movesIfUnknownMoves ?? known.moves : known.moves
          let most = try #require(curve).blocks
          let bounds = try #require(known.afterCompaction)
          #expect(most == (unknownMoves ? bounds.high : bounds.low))
          for wanted in Set([1, most / 2, most, most + 1]) where wanted > 0 {
            let plan = BlockPlan(
              [BlockNeed(Int(wanted), Order(order))], in: [zone], .compaction,
              unknownMoves: unknownMoves)
            #expect(
              curve?.moves(wanted) == (plan.isComplete ? UInt64(plan.moves) : nil),
              "seed \(seed), order \(order), \(wanted) blocks")
          }
        }
      }
    }
  }

  static func states(_ text: String) -> [UInt8] {
    let letters: [Character: FrameState] = [
      ".": .free, "h": .heldByCore, "m": .movable, "c": .cleanFile, "u": .unmovable, "?": .unknown,
      "H": .hugePage, "p": .pinned,
    ]
    return text.filter { $0 != " " }.map { (letters[$0] ?? .reserved).rawValue }
  }

  static func plan(
    _ needs: String..., in zones: String..., by means: PlanMeans = .compaction,
    unknownMoves: Bool = false
  ) -> BlockPlan {
    BlockPlan(
      needs.compactMap { BlockNeed($0) }, in: zones.map { PlanZone(states: states($0)) }, means,
      unknownMoves: unknownMoves)
  }

  @Test("each means does what it may: held frames now, drops by reclaim, moves by compaction")
  func means() {
    let zone = "..h. cc.. m..c m.cu ...."
    #expect(Self.plan("2x16KiB", in: zone, by: .now).blocks.map(\.firstFrame) == [0, 16])
    #expect(Self.plan("3x16KiB", in: zone, by: .now).missing == [BlockNeed(1, Order(2))])
    let reclaim = Self.plan("3x16KiB", in: zone, by: .reclaim)
    #expect(reclaim.isComplete && reclaim.moves == 0 && reclaim.drops == 2)
    #expect(!Self.plan("4x16KiB", in: zone, by: .reclaim).isComplete)
    let compaction = Self.plan("3x16KiB", in: zone)
    #expect(compaction.moves == 2 && compaction.drops == 0 && compaction.isComplete)
    #expect(compaction.blocks.map(\.firstFrame) == [0, 16, 4], "equal ones by address")
    // Twelve of twenty frames are free: three blocks and no more.
    #expect(Self.plan("4x16KiB", in: zone).missing == [BlockNeed(1, Order(2))])
    let both = Self.plan("4x16KiB", in: zone, by: .both)
    #expect(both.isComplete && both.moves == 1 && both.drops == 3)
    #expect(Self.plan("5x16KiB", in: zone, by: .both).missing == [BlockNeed(1, Order(2))])
  }

  @Test("drops clean pages elsewhere when moved pages need their room")
  func roomByReclaim() {
    let plan = Self.plan("1x16KiB", in: "mm.. cccu", by: .both)
    #expect(plan.blocks.map(\.firstFrame) == [0] && plan.moves == 2 && plan.drops == 2)
    #expect(!Self.plan("1x16KiB", in: "mm.. cccu").isComplete)
  }

  @Test("unknown frames stay or move, as is asked")
  func unknown() {
    #expect(Self.plan("1x16KiB", in: "?... u...").missing == [BlockNeed(1, Order(2))])
    let plan = Self.plan("1x16KiB", in: "?... u...", unknownMoves: true)
    #expect(plan.isComplete && plan.moves == 1)
  }

  @Test("pages stay in their zone, and the cheapest blocks of all zones come first")
  func zones() {
    let plan = Self.plan("2x16KiB", in: "m... uu..", "mm.. u...", "mmm. umuu")
    #expect(plan.isComplete && plan.moves == 3 && plan.blocks.map(\.zone) == [0, 1])
    #expect(!Self.plan("3x16KiB", in: "m... uu..", "mm.. u...", "mmm. umuu").isComplete)
  }

  @Test("the largest of several needs is served first, the others from what it leaves")
  func several() {
    let zone = ".... m... .... ..mm u..."
    let plan = Self.plan("1x16KiB", "1x32KiB", in: zone)
    #expect(plan.blocks.map(\.order) == [3, 2])
    #expect(plan.blocks.map(\.firstFrame) == [0, 8] && plan.moves == 1)
    #expect(Self.plan("2x32KiB", "1x16KiB", in: zone).missing == [BlockNeed(1, Order(2))])
  }

  @Test("a 1 GiB need is planned over the blocks of two zones of 2 GiB")
  func gigantic() {
    var states = [UInt8](repeating: FrameState.free.rawValue, count: 2 << 18)
    for frame in stride(from: 0, to: 1 << 18, by: 512) {
      states[frame] = FrameState.movable.rawValue
    }
    let zone = PlanZone(states: states)
    let plan = BlockPlan([BlockNeed(1, .gigantic)], in: [zone, zone], .compaction)
    #expect(plan.moves == 0 && plan.blocks[0].firstFrame == 1 << 18)
    // The other block has 512 pages, but once the free one is taken there is nowhere to put them.
    #expect(BlockPlan([BlockNeed(3, .gigantic)], in: [zone, zone], .compaction).missing.count == 1)
  }

  @Test("needs are read as people write them, and written so that they can be read")
  func needs() {
    for (text, count, order) in [
      ("200x2MiB", 200, 9), ("4x1GiB", 4, 18), ("1GiB", 1, 18), ("64K", 1, 4), ("3*2M", 3, 9),
      ("2×32KiB", 2, 3),
    ] {
      let need = BlockNeed(text)
      #expect(need == BlockNeed(count, Order(order)), "\(text)")
      #expect(need.flatMap { BlockNeed($0.description) } == need)
    }
    for text in ["", "x", "0x2MiB", "-1x2MiB", "2x3MiB", "2x2GiB", "2x2KiB", "2MiBx2", "2xx2MiB"] {
      #expect(BlockNeed(text) == nil, "\(text)")
    }
  }

  @Test("time follows from counts and a named table")
  func costs() {
    let plan = Self.plan("4x16KiB", in: "..h. cc.. m..c m.cu ....", by: .both)
    #expect(plan.nanoseconds(MoveCosts(name: "test", moveNs: 1000, dropNs: 10)) == 1030)
  }
}
