import Fragmentation
import MemoryUnits
import Testing

@Suite("Who stands in the way")
struct BlockerOwnersTests {
  @Test("owners are counted as a plain look at each block counts them")
  func equalsPlainCount() {
    for seed in 0..<UInt64(AvailabilityScanTests.rounds) {
      var generator = SplitMix64(seed: seed)
      let start = Int(generator.next(upperBound: 2000))
      let states = randomStates(6000, &generator)
      var owners: [UInt16] = []
      while owners.count < states.count {
        let owner = UInt16(generator.next(upperBound: 4))
        owners += repeatElement(owner, count: 1 << Int(generator.next(upperBound: 8)))
      }
      owners.removeLast(owners.count - states.count)
      let names = ["", "nginx", "dentry", "drm"]
      var census = BlockerOwners(
        FrameRange(start: FrameNumber(start), count: states.count), names: names)
      let cut = (start + 3000) & ~511 - start
      let bytes = states.map(\.rawValue)
      census.add(
        Array(bytes[..<cut]), owners: Array(owners[..<cut]), start: FrameNumber(start))
      census.add(
        Array(bytes[cut...]), owners: Array(owners[cut...]), start: FrameNumber(start + cut))
      var scan = AvailabilityScan()
      scan.add(bytes, start: FrameNumber(start))
      let zone = ZoneAvailability(scan, name: "Normal", limits: nil, owners: census)

      for order in [3, 6, 9, 11, 12] {
        var expected: [Blocker] = []
        for kind in FrameState.allCases where kind.isBlocking || kind == .unknown {
          for owner in 1...3 {
            let mine = states.indices.filter { states[$0] == kind && owners[$0] == owner }
            let inBlocks = Set(mine.map { ($0 + start) >> order }).filter {
              $0 << order >= start && ($0 + 1) << order <= start + states.count
            }
            if inBlocks.isEmpty { continue }
            let alone = inBlocks.count { block in
              (block << order - start..<(block + 1) << order - start).allSatisfy {
                !(states[$0].isBlocking || states[$0] == .unknown)
                  || states[$0] == kind && owners[$0] == owner
              }
            }
            expected.append(
              Blocker(
                kind: kind, owner: names[owner], frames: UInt64(mine.count),
                blocks: UInt64(inBlocks.count), blocksAlone: UInt64(alone)))
          }
        }
        let found = zone[Order(order)]?.blockers(byOwner: true) ?? []
        #expect(Set(found) == Set(expected), "seed \(seed), order \(order)")
        #expect(found.count == expected.count)
        #expect(found.map(\.blocks) == found.map(\.blocks).sorted(by: >))
      }
    }
  }
}
