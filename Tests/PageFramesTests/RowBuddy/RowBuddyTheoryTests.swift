import Fragmentation
import Glibc
import MemoryUnits
import PageFrames
import Testing

@Suite("Exact results about buddy systems, on RowBuddy")
struct RowBuddyTheoryTests {
  private static func buddy(_ frames: Int) -> RowBuddy<NoSteps> {
    RowBuddy(FrameRange(start: FrameNumber(0), count: frames), coreCount: 2)
  }

  @Test("T4: one live page in each 2 MiB leaves no 2 MiB block, and one block of each lower order")
  func oneLivePage() {
    var buddy = Self.buddy(TheoryTests.oneLivePageBlocks * 512)
    TheoryTests.expectOneLivePage(&buddy, cores: 2)
  }

  @Test("T3: each order's free blocks are binomial", arguments: RandomFreeTests.cases)
  func blocksByOrder(p: Double, seed: UInt64) {
    let frames = 1 << 18
    let buddy = Self.buddy(frames)
    var generator = SplitMix64(seed: seed)
    var freed: [FrameNumber] = []
    while let frame = buddy.allocate(.base, .movable, core: 0) {
      if Double(generator.next() >> 11) / 0x1p53 < p { freed.append(frame) }
    }
    freed.shuffle(using: &generator)
    for frame in freed { buddy.free(frame, .base, core: 1) }
    let areas = FreeAreas(blocks: buddy.freeBlocksByOrder())
    for order in 0...10 {
      let q = pow(p, Double(1 << order))
      let n = order < 10 ? frames >> (order + 1) : frames >> 10
      let tail = Binomial.tail(
        Int(areas.blocks[order]), n: n, p: order < 10 ? 2 * q * (1 - q) : q)
      #expect(tail >= 1e-7, "p \(p), seed \(seed), order \(order): \(areas.blocks[order])")
    }
  }

  @Test("T9: with everything given back, memory is whole, whichever core gave it")
  func whole() {
    let buddy = Self.buddy(1 << 16)
    var generator = SplitMix64(seed: 9)
    var live: [(FrameNumber, Order)] = []
    while true {
      let order = Order(min(10, generator.next().trailingZeroBitCount))
      guard let frame = buddy.allocate(order, .movable, core: live.count & 1) else { break }
      live.append((frame, order))
    }
    live.shuffle(using: &generator)
    for (index, block) in live.enumerated() { buddy.free(block.0, block.1, core: index & 1) }
    let whole: [UInt64] = [UInt64](repeating: 0, count: 10) + [64]
    #expect(buddy.freeFrames == 1 << 16)
    #expect(buddy.freeBlocksByOrder() == whole)
    buddy.drain(core: 0)
    buddy.drain(core: 1)
    #expect(buddy.heldFrames == 0 && buddy.freeBlocksByOrder() == whole)
    buddy.validate()
  }
}
