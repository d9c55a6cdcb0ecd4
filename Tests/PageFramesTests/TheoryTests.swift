import Fragmentation
import Glibc
import MemoryUnits
import PageFrames
import Testing

@Suite("Exact results about buddy systems")
struct TheoryTests {
  static func buddy(
    _ frames: Int, _ placement: FramePlacement = .newestFirst
  ) -> ListBuddy<NoObserver> {
    let table = FrameTable(frameCount: frames)
    return ListBuddy(
      FrameRange(start: FrameNumber(0), count: frames), in: table, placement: placement)
  }

  @Test("T4: one live page in each 2 MiB leaves no 2 MiB block, and one block of each lower order")
  func oneLivePage() {
    var buddy = Self.buddy(Self.oneLivePageBlocks * 512)
    Self.expectOneLivePage(&buddy, cores: 1)
  }

  static let oneLivePageBlocks = 300

  /// T4 for any allocator of that many 2 MiB blocks; its cores take turns to free.
  static func expectOneLivePage<Allocator: FrameAllocator & ~Copyable>(
    _ buddy: inout Allocator, cores: Int
  ) {
    let blocks = oneLivePageBlocks
    var generator = SplitMix64(seed: 4)
    while buddy.allocate(.base, .movable, core: 0) != nil {}
    var freed: [FrameNumber] = []
    for block in 0..<blocks {
      let live = Int(generator.next(upperBound: 512))
      freed += (0..<512).filter { $0 != live }.map { FrameNumber(block * 512 + $0) }
    }
    freed.shuffle(using: &generator)
    for frame in freed { buddy.free(frame, .base, core: frame.index % cores) }
    buddy.validate()
    let areas = FreeAreas(blocks: buddy.freeBlocksByOrder())
    #expect(areas.blocks == [UInt64](repeating: UInt64(blocks), count: 9) + [0, 0])
    #expect(areas.unusableIndex(9) == 1000 && areas.available(.huge) == 0)
  }

  /// T5 needs the lowest free address; the extent is the highest address that was ever used.
  @Test("T5: Knuth's worst case uses exactly (1 + r/2) n frames", arguments: 1...10, [1, 3])
  func worstCase(r: Int, c: Int) {
    let n = c << (r + 1)
    let room = ((r + 1) * n + 1023) & ~1023
    var buddy = Self.buddy(room, .lowestAddressFirst)
    var live: [(frame: Int, order: Int)] = []
    var extent = 0
    func reserve(_ order: Int, _ buddy: inout ListBuddy<NoObserver>) {
      guard let frame = buddy.allocate(Order(order), .movable, core: 0) else {
        Issue.record("no room for order \(order)")
        return
      }
      live.append((frame.index, order))
      extent = max(extent, frame.index + 1 << order)
    }
    for _ in 0..<n { reserve(0, &buddy) }
    for k in 1...r {
      for block in live where block.frame % (1 << k) != 0 {
        buddy.free(FrameNumber(block.frame), Order(block.order), core: 0)
      }
      live.removeAll { $0.frame % (1 << k) != 0 }
      for _ in 0..<n >> (k + 1) { reserve(k, &buddy) }
    }
    buddy.validate()
    #expect(extent == n + r * n / 2)
    #expect(extent <= (r + 1) * n)
  }

  @Test("T7: sizes uniform in 1...n are rounded up to 1.333 to 1.5 times their sum")
  func uniformRounding() {
    var sizes = 0
    var rounded = 0
    var outside: [Int] = []
    var largest = 0.0
    for size in 1...(1 << 16) {
      sizes += size
      rounded += Order.covering(frames: size).frameCount
      let ratio = Double(rounded) / Double(sizes)
      // Whole frames shift the ratio by up to 2 / n.
      let slack = 2 / Double(size)
      if ratio < 4.0 / 3 - slack || ratio > 1.5 + slack { outside.append(size) }
      if size > 1 << 15 { largest = max(largest, ratio) }
    }
    #expect(outside == [])
    #expect(abs(largest - 1.5) < 1e-4)
    // n a power of two: the sum of 2^ceil(log2 s) is (2 n^2 + 1) / 3, that of s is n (n + 1) / 2.
    #expect(3 * rounded == 2 << 32 + 1)
  }

  @Test("T7: any size averaged over one octave of scale is rounded up by 1 / ln 2")
  func octave() {
    var weights = 0.0
    var ratios = 0.0
    for size in (1 << 16) + 1...1 << 17 {
      weights += 1 / Double(size)
      ratios += Double(Order.covering(frames: size).frameCount) / Double(size) / Double(size)
    }
    #expect(abs(ratios / weights - 1 / log(2)) < 1e-5)
  }

  @Test(
    "T7: an exponential law of 1,000 frames and more is rounded up by 1.442 to 1.4427",
    arguments: [1000.0, 1234, 1700, 2000, 5000])
  func exponentialRounding(mean: Double) {
    var sizes = 0.0
    var rounded = 0.0
    for size in 1...Int(mean * 40) {
      // P(size - 1 < S <= size) of the continuous law: sizes are whole frames.
      let weight = exp(-Double(size - 1) / mean) - exp(-Double(size) / mean)
      sizes += weight * Double(size)
      rounded += weight * Double(Order.covering(frames: size).frameCount)
    }
    let ratio = rounded / sizes
    // 1.44198 at a mean of 1,000, where half a frame of the size is rounding already.
    #expect(ratio > 1.44195 && ratio < 1.4427)
    #expect(abs(ratio - (1 - 0.5 / mean) / log(2)) < 2e-5)
  }

  @Test("T7: what the allocator takes for uniform sizes is what rounding up says")
  func uniformAllocations() {
    var buddy = Self.buddy(1 << 20)
    var generator = SplitMix64(seed: 7)
    var asked = 0
    for _ in 0..<1000 {
      let size = 1 + Int(generator.next(upperBound: 1024))
      let frame = buddy.allocate(Order.covering(frames: size), .movable, core: 0)
      #expect(frame != nil)
      asked += size
    }
    let ratio = Double((1 << 20) - buddy.freeFrames) / Double(asked)
    #expect(ratio > 4.0 / 3 - 0.03 && ratio < 4.0 / 3 + 0.03)
  }
}
