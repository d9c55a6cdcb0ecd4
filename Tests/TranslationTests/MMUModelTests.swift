import Foundation
import MemoryUnits
import Testing
import Translation

/// The MMU against `ModelMMU`: the same results, the same entries in every TLB, the same words in the
/// tables, the same counts.
@Suite("MMU against the model")
struct MMUModelTests {
  static let long = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] == "1"

  static let geometries: [TranslationGeometry] = {
    let all = PageSize.allCases
    let none = CacheHierarchyGeometry(l1Data: nil, l1Instruction: nil, l2: nil, l3: nil)
    return [
      .corei7, .zen4,
      // Tiny: everything is evicted all the time, and large pages are held in parts.
      TranslationGeometry(
        name: "tiny", l1Data: [.fullyAssociative(3, all)],
        l1Instruction: [TLBGeometry(sets: 2, ways: 1, pageSizes: [.base4KiB])],
        l2Data: [TLBGeometry(sets: 4, ways: 2, pageSizes: [.base4KiB, .huge2MiB])],
        walkCaches: WalkCacheGeometry(directory: 2, directoryPointer: 1, level4: 1), caches: none),
      // Direct-mapped, five levels, no second level, no directory cache.
      TranslationGeometry(
        name: "direct", levels: 5, l1Data: [TLBGeometry(sets: 8, ways: 1, pageSizes: all)],
        l1Instruction: [TLBGeometry(sets: 8, ways: 1, pageSizes: all)], l2Data: [],
        walkCaches: WalkCacheGeometry(directory: 0, directoryPointer: 2, level4: 1, level5: 1),
        caches: none),
      TranslationGeometry(
        name: "split", l1Data: [TLBGeometry(sets: 2, ways: 9, pageSizes: [.base4KiB])],
        l1Instruction: [.fullyAssociative(17, [.base4KiB, .huge2MiB])],
        l2Data: [.fullyAssociative(33, [.base4KiB])],
        l2Instruction: [TLBGeometry(sets: 16, ways: 3, pageSizes: all)],
        walkCaches: WalkCacheGeometry(directory: 0, directoryPointer: 0, level4: 0), caches: none),
    ]
  }()

  @Test("random worlds", arguments: geometries.indices)
  func random(index: Int) {
    let seeds = Self.long ? 400 : 12
    for seed in 0..<seeds {
      var world = MMUWorld(Self.geometries[index], seed: UInt64(seed))
      for step in 0..<(Self.long ? 4000 : 1500) {
        world.step()
        if let difference = world.difference(full: step % 50 == 0) {
          Issue.record("\(Self.geometries[index].name) seed \(seed) step \(step): \(difference)")
          return
        }
      }
    }
  }

  /// The log of uses begins anew many times; what the model does must not change.
  @Test("the order of use survives the end of the log")
  func clock() {
    var world = MMUWorld(Self.geometries[2], seed: 77)
    for _ in 0..<(Self.long ? 2_000_000 : 200_000) { world.access() }
    #expect(world.difference(full: true) == nil)
  }

  @Test("a series is so many translations", arguments: geometries.indices)
  func series(index: Int) {
    for seed in 0..<(Self.long ? 100 : 4) {
      // Twins: what the one translates one by one, the other does in series.
      var single = MMUWorld(Self.geometries[index], seed: UInt64(seed))
      var twin = MMUWorld(Self.geometries[index], seed: UInt64(seed))
      for round in 0..<40 {
        for _ in 0..<30 {
          single.step()
          twin.step()
        }
        var requests: [(address: UInt64, access: Access)] = []
        for _ in 0..<single.pick(400) {
          let page = single.somePage()
          let access = MMUWorld.accesses[single.pick(MMUWorld.accesses.count)]
          // Some pages several times in turn, as programs do.
          requests += Array(repeating: (page << 12 | 8, access), count: 1 + single.pick(3))
        }
        twin.random = single.random
        let expected = requests.map {
          single.mmu.translate($0.address, $0.access, &single.contents)
        }
        var found: [Translated] = []
        let stop = 1 + round * 7
        while found.count < requests.count {
          let start = found.count
          let most = min(stop, requests.count - start)
          let done = twin.mmu.translate(most, &twin.contents) {
            requests[start + $0]
          } _: { index, result in
            #expect(index == found.count - start)
            found.append(result)
          }
          #expect(found.count == start + done)
          // It ends after a fault, and nowhere else.
          let end = found[start...].firstIndex(where: \.isFault) ?? start + most - 1
          #expect(end == found.count - 1)
        }
        let same =
          found == expected && single.mmu.counters == twin.mmu.counters
          && single.entries == twin.entries
        #expect(same, "\(Self.geometries[index].name) seed \(seed) round \(round)")
        if !same { return }
        // The models saw nothing of this: both begin again.
        single.forget()
        twin.forget()
      }
    }
  }
}

extension MMUWorld {
  /// What all TLBs hold.
  fileprivate var entries: [TLBEntry: Int] {
    var entries: [TLBEntry: Int] = [:]
    mmu.forEachEntry { entries[$0, default: 0] += 1 }
    return entries
  }

  /// Differences from the model do not count.
  fileprivate mutating func forget() { lastDifference = nil }
}
