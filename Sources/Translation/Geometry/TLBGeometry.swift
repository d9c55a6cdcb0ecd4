public import MemoryUnits

/// One set-associative structure of a TLB: `sets` rows of `ways` entries.
public struct TLBGeometry: Hashable, Sendable {
  /// A power of two, 1...32768; 1 is fully associative.
  public var sets: Int
  /// 1...512.
  public var ways: Int
  /// The page sizes that an entry may have. The set of an entry is its page's number modulo `sets`.
  public var pageSizes: [PageSize]

  public init(sets: Int, ways: Int, pageSizes: [PageSize]) {
    self.sets = sets
    self.ways = ways
    self.pageSizes = pageSizes
  }

  /// A structure of one set.
  public static func fullyAssociative(_ entries: Int, _ pageSizes: [PageSize]) -> TLBGeometry {
    TLBGeometry(sets: 1, ways: entries, pageSizes: pageSizes)
  }

  public var entries: Int { sets * ways }

  /// The bytes that all entries reach at their best: pages of `size` spread evenly over the sets.
  public func bestReach(_ size: PageSize) -> ByteCount {
    ByteCount(entries * size.bytes.rawValue)
  }

  /// The bytes that are surely held at their worst: all pages fall into one set.
  public func worstReach(_ size: PageSize) -> ByteCount {
    ByteCount(ways * size.bytes.rawValue)
  }
}
