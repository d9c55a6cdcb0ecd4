/// A machine small enough for paper: pages of any power of two, tables of any depth, one TLB, one
/// cache.
public struct SmallGeometry: Hashable, Sendable {
  public var name: String
  /// Bits of a virtual address, at most 48.
  public var virtualBits: Int
  /// Bits of a physical address, at most 44.
  public var physicalBits: Int
  /// Bits of a page offset.
  public var offsetBits: Int
  /// Bits of the virtual page number that each level of the tables takes, the uppermost first; at
  /// most 9 each. Their sum is the page number.
  public var levelBits: [Int]
  /// Sets (a power of two) and ways; the set of a page is its number modulo the sets.
  public var tlbSets: Int
  public var tlbWays: Int
  /// Nil for none.
  public var cache: CacheGeometry?

  public init(
    name: String, virtualBits: Int, physicalBits: Int, offsetBits: Int, levelBits: [Int],
    tlbSets: Int, tlbWays: Int, cache: CacheGeometry?
  ) {
    self.name = name
    self.virtualBits = virtualBits
    self.physicalBits = physicalBits
    self.offsetBits = offsetBits
    self.levelBits = levelBits
    self.tlbSets = tlbSets
    self.tlbWays = tlbWays
    self.cache = cache
  }

  /// Bits of a virtual page number.
  public var pageNumberBits: Int { virtualBits - offsetBits }
  /// Bits of a TLB index.
  public var tlbIndexBits: Int { tlbSets.trailingZeroBitCount }
  public var pageBytes: Int { 1 << offsetBits }

  /// The simple memory system of the lecture deck and of CS:APP chapter 9: 14-bit addresses, 12-bit
  /// physical ones, 64-byte pages, one table of 256 entries, a TLB of four sets of four ways, sixteen
  /// direct-mapped lines of four bytes.
  public static var textbook: SmallGeometry {
    SmallGeometry(
      name: "textbook", virtualBits: 14, physicalBits: 12, offsetBits: 6, levelBits: [8],
      tlbSets: 4, tlbWays: 4, cache: CacheGeometry(sets: 16, ways: 1, lineBytes: 4))
  }
}
