import Foundation
import Fragmentation
import MemoryUnits
import Testing

@Suite("Availability of every order by one scan")
struct AvailabilityScanTests {
  static let rounds = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] == nil ? 40 : 2000

  @Test("equals the plain count of blocks, whatever the zone's start, length and states")
  func equalsPlainCount() {
    for seed in 0..<UInt64(Self.rounds) {
      var generator = SplitMix64(seed: seed)
      let start = Int(generator.next(upperBound: 3)) * 700
      let count = 1 + Int(generator.next(upperBound: seed % 8 == 0 ? 300_000 : 9000))
      let states = randomStates(count, &generator)
      let limits = LinuxLimits(
        min: generator.next(upperBound: 100), low: 100 + generator.next(upperBound: 1000))
      let hidden = Int(generator.next(upperBound: 2) * 500)
      let plain = PlainAvailability(states: states, start: start, limits: limits, hidden: hidden)

      var scan = AvailabilityScan()
      scan.add(states.map(\.rawValue), start: FrameNumber(start))
      let zone = ZoneAvailability(
        scan, name: "Normal", limits: limits, heldFrames: UInt64(hidden))
      #expect(zone.freeFrames == plain.count(.free), "seed \(seed)")
      for state in FrameState.allCases {
        #expect(zone.frames?[state] ?? 0 == plain.count(state), "seed \(seed), \(state)")
      }
      for order in 3...18 {
        #expect(zone[Order(order)] == plain.answer(order), "seed \(seed), order \(order)")
      }
    }
  }

  @Test("is the same in pieces, with values of no state as unknown frames")
  func pieces() {
    for seed in 0..<UInt64(Self.rounds) {
      var generator = SplitMix64(seed: seed)
      let start = Int(generator.next(upperBound: 1500))
      var bytes = randomStates(20_000, &generator).map(\.rawValue)
      bytes[777] = 200
      bytes[778] = 12
      var whole = AvailabilityScan()
      whole.add(bytes, start: FrameNumber(start))
      var pieces = AvailabilityScan()
      var first = 0
      while first < bytes.count {
        let end = min(
          (start + first) & ~511 + 512 * Int(1 + generator.next(upperBound: 5)) - start,
          bytes.count)
        pieces.add(Array(bytes[first..<end]), start: FrameNumber(start + first))
        first = end
      }
      let limits = LinuxLimits(min: 10, low: 20)
      let one = ZoneAvailability(whole, name: "Normal", limits: limits)
      #expect(one == ZoneAvailability(pieces, name: "Normal", limits: limits), "seed \(seed)")
      bytes[777] = FrameState.unknown.rawValue
      bytes[778] = FrameState.unknown.rawValue
      var named = AvailabilityScan()
      named.add(bytes, start: FrameNumber(start))
      #expect(one == ZoneAvailability(named, name: "Normal", limits: limits), "seed \(seed)")
    }
  }

  @Test(
    "free blocks now are those of the census of free runs, and of the free lists up to order 10")
  func census() {
    for seed in 0..<UInt64(Self.rounds) {
      var generator = SplitMix64(seed: seed)
      let states = randomStates(50_000, &generator).map { $0 == .heldByCore ? .movable : $0 }
      let start = Int(generator.next(upperBound: 4)) * 512
      let bytes = states.map(\.rawValue)
      let census = FreeRunCensus(states: bytes, start: FrameNumber(start))
      var scan = AvailabilityScan()
      scan.add(bytes, start: FrameNumber(start))
      let zone = ZoneAvailability(scan, name: "Normal", limits: nil)
      let lists = ZoneAvailability(census.freeAreas, name: "Normal")
      for order in 3...18 {
        #expect(zone[Order(order)]?.now == census.alignedBlocks[order], "seed \(seed)")
        #expect(zone[Order(order)]?.attainable == nil)
        if order <= 10 {
          #expect(lists[Order(order)]?.now == zone[Order(order)]?.now, "seed \(seed)")
        } else {
          #expect(lists[Order(order)] == nil, "the free lists do not tell of order \(order)")
        }
      }
      #expect(lists.freeFrames == zone.freeFrames && lists[.huge]?.afterCompaction == nil)
    }
  }

  @Test("zones add up, and a zone that knows less leaves the sum unknown")
  func zones() throws {
    var generator = SplitMix64(seed: 5)
    var parts: [ZoneAvailability] = []
    for _ in 0..<3 {
      var scan = AvailabilityScan()
      scan.add(randomStates(30_000, &generator).map(\.rawValue))
      parts.append(
        ZoneAvailability(scan, name: "Normal", limits: LinuxLimits(min: 50, low: 100)))
    }
    let sum = try #require(Availability(zones: parts)[.huge])
    let huge = parts.compactMap { $0[.huge] }
    #expect(sum.now == huge.reduce(0) { $0 + ($1.now ?? 0) })
    let most = huge.reduce(0) { $0 + ($1.afterCompaction?.low ?? 0) }
    #expect(sum.afterCompaction?.low == most)
    #expect(sum.moves?.blocks == most, "each zone gives at most what it has room for")
    #expect(sum.moves?.moves(most + 1) == nil)
    let costs = huge.flatMap { part in
      (part.moves?.steps ?? []).flatMap { repeatElement($0.moves, count: Int($0.blocks)) }
    }
    #expect(sum.moves?.moves(most / 2) == costs.sorted().prefix(Int(most / 2)).reduce(0, +))

    let lists = ZoneAvailability(FreeAreas(blocks: [0, 0, 0, 5]), node: 1, name: "DMA")
    let both = Availability(zones: [parts[0], lists])
    #expect(both[Order(3)]?.now == (parts[0][Order(3)]?.now ?? 0) + 5)
    #expect(both[Order(3)]?.afterCompaction == nil)
    #expect(both.total?.frames == nil && both.total?.name == "all" && both.total?.node == nil)
    #expect(Availability(zones: []).total == nil && Availability(zones: [])[.huge] == nil)
  }

  @Test("is read back from JSON as it was")
  func json() throws {
    var generator = SplitMix64(seed: 9)
    let states = randomStates(30_000, &generator).map(\.rawValue)
    var scan = AvailabilityScan()
    scan.add(states)
    var owners = BlockerOwners(
      FrameRange(start: FrameNumber(0), count: states.count), names: ["", "slab dentry"])
    owners.add(
      states, owners: states.indices.map { UInt16($0 & 1) }, start: FrameNumber(0))
    let answer = Availability(zones: [
      ZoneAvailability(
        scan, node: 1, name: "Normal", limits: LinuxLimits(min: 1, low: 2), heldFrames: 5,
        owners: owners),
      ZoneAvailability(FreeAreas(blocks: [1, 2, 3, 4]), name: "DMA"),
    ])
    let data = try JSONEncoder().encode(answer)
    #expect(try JSONDecoder().decode(Availability.self, from: data) == answer)
    let text = String(decoding: data, as: UTF8.self)
    for key in [
      "after_compaction_blocks", "held_frames", "low_frames", "blocked_by", "slab dentry",
    ] {
      #expect(text.contains("\"\(key)\""))
    }
  }
}
