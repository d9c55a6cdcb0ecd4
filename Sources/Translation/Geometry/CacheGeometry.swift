public import MemoryUnits

/// One data or instruction cache: `sets` rows of `ways` lines.
public struct CacheGeometry: Hashable, Sendable {
  /// A power of two.
  public var sets: Int
  public var ways: Int
  /// A power of two, 1...4096.
  public var lineBytes: Int

  public init(sets: Int, ways: Int, lineBytes: Int) {
    self.sets = sets
    self.ways = ways
    self.lineBytes = lineBytes
  }

  public var bytes: ByteCount { ByteCount(sets * ways * lineBytes) }
  /// Bits of an address that say where in the line.
  public var offsetBits: Int { lineBytes.trailingZeroBitCount }
  /// Bits of an address that name the set.
  public var indexBits: Int { sets.trailingZeroBitCount }

  /// Whether index and offset lie within the page offset, so that a set can be chosen by the virtual
  /// address while the tag is still being translated, and no page has two places.
  public func isIndexedWithinPage(offsetBits pageShift: Int) -> Bool {
    offsetBits + indexBits <= pageShift
  }
}
