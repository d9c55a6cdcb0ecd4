import Fragmentation
import MemoryUnits
import PageFrames
import Testing

@Suite("The recovery experiment of the LLFree authors")
struct RecoveryTests {
  /// Churn does not lead a classic buddy system back to free 2 MiB blocks: 0 % of the ideal after 100
  /// rounds (reference/theory.md; the real kernel reaches 0.28 %).
  @Test("half of 1 GiB live, 100 rounds of 10 %: as good as no free 2 MiB block", arguments: 1...3)
  func classicBuddyDoesNotRecover(seed: UInt64) {
    let frames = 1 << 18
    let table = FrameTable(frameCount: frames)
    let range = FrameRange(start: FrameNumber(0), count: frames)
    var buddy = ListBuddy(range, in: table)
    let score = Self.score(&buddy, seed: seed)
    #expect(score < 1, "seed \(seed)")
  }

  @Test(
    "Linux's policies neither: under 0.4 % of the ideal", arguments: LinuxPolicy.bundles.indices)
  func linuxDoesNotRecover(bundle: Int) {
    let frames = 1 << 18
    for seed in 1...(isLong ? 10 : 2) as ClosedRange<UInt64> {
      let table = FrameTable(frameCount: frames)
      let range = FrameRange(start: FrameNumber(0), count: frames)
      var buddy = LinuxBuddy(range, in: table, policy: LinuxPolicy.bundles[bundle].policy)
      let score = Self.score(&buddy, seed: seed)
      #expect(score < 0.4, "seed \(seed), \(LinuxPolicy.bundles[bundle].name)")
    }
  }

  /// Free 2 MiB blocks in per cent of the ideal, cores' lists drained.
  static func score<Allocator: FrameAllocator & ~Copyable>(
    _ buddy: inout Allocator, seed: UInt64
  ) -> Double {
    let frames = buddy.range.count
    var generator = SplitMix64(seed: seed)
    var live: [FrameNumber] = []
    while let frame = buddy.allocate(.base, .movable, core: 0) { live.append(frame) }
    func freeRandom(_ count: Int, _ buddy: inout Allocator) {
      for _ in 0..<count {
        live.swapAt(Int(generator.next(upperBound: UInt64(live.count))), live.count - 1)
        buddy.free(live.removeLast(), .base, core: 0)
      }
    }
    freeRandom(frames / 2, &buddy)
    for _ in 0..<100 {
      freeRandom(frames / 20, &buddy)
      for _ in 0..<frames / 20 {
        if let frame = buddy.allocate(.base, .movable, core: 0) { live.append(frame) }
      }
    }
    buddy.drain(core: 0)
    buddy.validate()
    let areas = FreeAreas(blocks: buddy.freeBlocksByOrder())
    #expect(areas.ideal(.huge) == 256 && live.count == frames / 2)
    return areas.llfreeScore ?? 100
  }
}
