import Fragmentation
import Glibc
import MemoryUnits
import PageFrames
import Testing

@Suite("Frames that are free at random, theory T3")
struct RandomFreeTests {
  static let frames = 1 << 20

  /// All frames allocated one by one, then each freed with probability p, in random order.
  static func areas(p: Double, seed: UInt64) -> FreeAreas {
    let table = FrameTable(frameCount: frames)
    var buddy = ListBuddy(FrameRange(start: FrameNumber(0), count: frames), in: table)
    var generator = SplitMix64(seed: seed)
    var freed: [FrameNumber] = []
    while let frame = buddy.allocate(.base, .movable, core: 0) {
      if Double(generator.next() >> 11) / 0x1p53 < p { freed.append(frame) }
    }
    freed.shuffle(using: &generator)
    for frame in freed { buddy.free(frame, .base, core: 0) }
    return FreeAreas(blocks: buddy.freeBlocksByOrder())
  }

  static let cases: [(Double, UInt64)] = [
    (0.5, 1), (0.5, 2), (0.9, 3), (0.9, 4), (0.99, 5), (0.99, 6), (0.999, 7), (0.999, 8),
    (0.9999, 9), (0.9999, 10),
  ]

  @Test("each order's free blocks are binomial: exact tails of at least 1e-7", arguments: cases)
  func blocksByOrder(p: Double, seed: UInt64) {
    let areas = Self.areas(p: p, seed: seed)
    for order in 0...10 {
      // q: an aligned block of the order is entirely free.
      let q = pow(p, Double(1 << order))
      let n = order < 10 ? Self.frames >> (order + 1) : Self.frames >> 10
      let probability = order < 10 ? 2 * q * (1 - q) : q
      let tail = Binomial.tail(Int(areas.blocks[order]), n: n, p: probability)
      #expect(tail >= 1e-7, "p \(p), seed \(seed), order \(order): \(areas.blocks[order])")
    }
  }

  @Test("the unusable index is 1 - p^(2^j - 1)", arguments: cases)
  func unusable(p: Double, seed: UInt64) throws {
    let areas = Self.areas(p: p, seed: seed)
    for order in 0...10 {
      let blocks = Self.frames >> order
      let q = pow(p, Double(1 << order))
      let usable = try #require(areas.available(Order(order)))
      let tail = Binomial.tail(Int(usable), n: blocks, p: q)
      #expect(tail >= 1e-7, "p \(p), seed \(seed), order \(order)")
      let share = try #require(areas.unusableShare(order))
      // Six standard deviations of the usable part, against the formula.
      let deviation = sqrt(Double(blocks) * q * (1 - q)) * Double(1 << order)
      let tolerance = 6 * deviation / Double(areas.freeFrames) + 6 / sqrt(Double(Self.frames))
      #expect(abs(share - (1 - pow(p, Double(1 << order - 1)))) <= tolerance)
    }
  }

  @Test("of all ways to have F of 16 frames free, C(16 - 2^j, F - 2^j) leave a given block whole")
  func exactCounts() {
    let table = FrameTable(frameCount: 16)
    var buddy = ListBuddy(FrameRange(start: FrameNumber(0), count: 16), in: table)
    // whole[F][j]: sum over all subsets with F free frames of the free aligned blocks of order j.
    var whole = [[Int]](repeating: [Int](repeating: 0, count: 5), count: 17)
    for subset in 0..<1 << 16 {
      for frame in 0..<16 where subset >> frame & 1 == 0 {
        let claimed = buddy.claim(FrameRange(block: FrameNumber(frame), .base))
        if !claimed { Issue.record("frame \(frame) of \(subset) cannot be claimed") }
      }
      let areas = FreeAreas(blocks: buddy.freeBlocksByOrder())
      for order in 0...4 {
        whole[subset.nonzeroBitCount][order] += Int(areas.available(Order(order)) ?? 0)
      }
      for frame in 0..<16 where subset >> frame & 1 == 0 {
        buddy.free(FrameNumber(frame), .base, core: 0)
      }
    }
    for free in 0...16 {
      for order in 0...4 {
        let size = 1 << order
        let expected = free < size ? 0 : 16 / size * Self.choose(16 - size, free - size)
        #expect(whole[free][order] == expected, "F \(free), order \(order)")
      }
    }
  }

  static func choose(_ n: Int, _ k: Int) -> Int {
    (0..<k).reduce(1) { $0 * (n - $1) / ($1 + 1) }
  }
}
