import MemoryUnits
import Translation

/// An MMU with zen4's TLBs over tables that map the pages of a pattern, and a stream of addresses.
///
/// Page p lies in a frame that p decides, so that every physical address can be checked.
struct TranslationWorld: ~Copyable {
  var contents: FrameContents
  let mmu: MMU
  /// Bit 0 marks a write; the address itself is a multiple of 8.
  let stream: MappedArray<UInt64>
  let pages: Int
  private var tables = 1

  static let start: UInt64 = 0x7f12_0000_0000

  init(_ pattern: TranslationPattern, accesses: Int, seed: UInt64) {
    pages = pattern.pages
    contents = FrameContents(frameCount: pages / 512 + 16, keepsData: false)
    mmu = MMU(.zen4)
    stream = MappedArray(count: accesses)
    mmu.load(root: FrameNumber(0))
    for page in 0..<pages { map(page) }
    var random = SplitMix64(seed: seed)
    for index in 0..<accesses {
      stream[index] = Self.start + Self.offset(pattern, index, &random)
    }
  }

  static func frame(_ page: Int) -> FrameNumber { FrameNumber(0x10_0000 + (page ^ 0x2a5)) }

  private static func offset(
    _ pattern: TranslationPattern, _ index: Int, _ random: inout SplitMix64
  ) -> UInt64 {
    let bytes = UInt64(pattern.pages) << 12
    switch pattern {
    case .page: return UInt64(index * 8 & 4095)
    case .cyclic, .second, .worst: return UInt64(index) * (4096 + 64) % bytes & ~7
    case .uniform:
      return random.next(upperBound: bytes) & ~7 | (random.next() & 3 == 0 ? 1 : 0)
    case .skewed:
      let u = Double(random.next() >> 11) / Double(1 << 53)
      let place = min(UInt64(u * u * u * u * Double(bytes)), bytes - 1)
      return place & ~7 | (random.next() & 3 == 0 ? 1 : 0)
    }
  }

  private mutating func map(_ page: Int) {
    let address = Self.start + UInt64(page) << 12
    var table = FrameNumber(0)
    for level in [4, 3, 2] {
      let slot = Int(address >> UInt64(12 + 9 * (level - 1))) & 511
      var entry = contents.entry(table, slot)
      if !entry.isPresent {
        entry = PageTableEntry(FrameNumber(tables), [.present, .writable, .user])
        contents.setEntry(entry, table, slot)
        tables += 1
      }
      table = entry.frame
    }
    contents.setEntry(
      PageTableEntry(Self.frame(page), [.present, .writable, .user]), table,
      Int(address >> 12) & 511)
  }

  /// The sum of all physical addresses of the stream, from the frames that pages were given.
  var expectedSum: UInt64 {
    var sum: UInt64 = 0
    for index in 0..<stream.count {
      let address = stream[index] & ~1
      let page = Int((address - Self.start) >> 12)
      sum &+= UInt64(Self.frame(page).rawValue) << 12 | address & 4095
    }
    return sum
  }
}
