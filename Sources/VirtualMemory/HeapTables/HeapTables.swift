public import MemoryUnits

/// The page tables of one address space, four levels of 512 entries as x86-64 has them.
///
/// Tables live in one pool: table t has the entries `512 * t ..< 512 * t + 512`. An entry of a leaf
/// table is frame number + 1, one of an upper table is table number + 1, and 0 is not present. A leaf
/// covers 2 MiB, its parents 1 GiB, 512 GiB and 256 TiB. Every table takes one real frame of the
/// simulated machine, from its first entry to its last: an empty table is given back at once. (Linux
/// does so for leaves since 6.14, CONFIG_PT_RECLAIM; it keeps upper tables, a few frames per address
/// space, until their range is unmapped.)
@usableFromInline
struct HeapTables: Sendable {
  @usableFromInline var entries: ContiguousArray<UInt32> = []
  /// Entries present, per table of the pool.
  @usableFromInline var populations: ContiguousArray<UInt16> = []
  /// The frame that each table of the pool occupies; meaningless for spare ones.
  @usableFromInline var frames: ContiguousArray<FrameNumber> = []
  /// Tables of the pool that are not in use; all their entries are 0.
  @usableFromInline var spare: ContiguousArray<UInt32> = []
  /// Table number + 1; 0 when nothing is mapped.
  @usableFromInline var root: UInt32 = 0
  /// Tables in use, each one frame.
  @usableFromInline var count = 0
  /// The leaf that was used last and the 2 MiB block it covers; -1 when there is none.
  @usableFromInline var recentBlock = -1
  @usableFromInline var recentLeaf = 0

  @usableFromInline
  init() {}

  /// Level of the root; leaves have level 0.
  @usableFromInline static var rootLevel: Int { 3 }

  /// Index of the entry for `page` within a table of `level`.
  @inlinable
  static func slot(_ page: Int, _ level: Int) -> Int { page &>> (9 &* level) & 511 }

  /// The leaf that covers 2 MiB block `block` (page / 512), or -1.
  @inlinable
  mutating func leaf(_ block: Int) -> Int {
    if block == recentBlock { return recentLeaf }
    let leaf = walk(block)
    if leaf >= 0 {
      recentBlock = block
      recentLeaf = leaf
    }
    return leaf
  }

  @inlinable
  func walk(_ block: Int) -> Int {
    var table = Int(root) &- 1
    var level = Self.rootLevel
    while level > 0, table >= 0 {
      table = Int(entries[table &<< 9 &+ Self.slot(block &<< 9, level)]) &- 1
      level &-= 1
    }
    return table
  }

  /// The frame behind a page, or nil.
  @inlinable
  func frame(of page: Int) -> FrameNumber? {
    let leaf = walk(page &>> 9)
    guard leaf >= 0 else { return nil }
    let entry = entries[leaf &<< 9 &+ page & 511]
    return entry == 0 ? nil : FrameNumber(rawValue: entry &- 1)
  }

  /// The first block at or behind `block` that may have a leaf: skips what absent upper tables cover.
  @usableFromInline
  func nextPossibleBlock(_ block: Int) -> Int {
    var table = Int(root) - 1
    var level = Self.rootLevel
    while level > 0 {
      guard table >= 0 else { return Int.max }
      let entry = entries[table << 9 + Self.slot(block << 9, level)]
      if entry == 0 {
        let shift = 9 * (level - 1)
        let next = (block >> shift + 1) << shift
        // Behind the last entry of this table its parent has to be asked again.
        return next >> (shift + 9) == block >> (shift + 9) ? next : nextPossibleBlock(next)
      }
      table = Int(entry) - 1
      level -= 1
    }
    return block
  }
}
