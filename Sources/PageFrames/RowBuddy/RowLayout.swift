public import MemoryUnits

/// Where the parts of a `RowBuddy` lie in its one mapping, in 64-bit words from its start. The layout
/// itself comes first, then the cores, so that a core is found by its number alone; every part starts
/// on a cache line.
@frozen
@usableFromInline
struct RowLayout {
  @usableFromInline
  let range: FrameRange
  /// The first frame of the first pair; frames are counted from here inside.
  @usableFromInline
  let base: Int
  /// Blocks of 512 frames: the range, rounded outwards to pairs.
  @usableFromInline
  let blocks: Int
  @usableFromInline
  let coreCount: Int
  @usableFromInline
  let gate: Int
  @usableFromInline
  let pairs: Int
  @usableFromInline
  let trees: Int
  @usableFromInline
  let treeStride: Int
  @usableFromInline
  let rows: Int
  /// Words of the whole mapping.
  @usableFromInline
  let wordCount: Int

  /// Where the cores begin: behind this layout.
  @inlinable
  static var cores: Int { 16 }
  /// Sets by free count of blocks that are neither full nor empty.
  @inlinable
  static var buckets: Int { 5 }
  @inlinable
  static var classes: Int { 3 }
  /// The trees: the set of empty blocks; the set of those of its words that have a whole pair; and a
  /// set per class and bucket.
  @inlinable
  static var emptyTree: Int { 0 }
  @inlinable
  static var pairTree: Int { 1 }
  @inlinable
  static func tree(_ classIndex: Int, _ bucket: Int) -> Int {
    2 &+ classIndex &* buckets &+ bucket
  }
  @inlinable
  static var treeCount: Int { 2 &+ classes &* buckets }

  init(_ range: FrameRange, coreCount: Int) {
    func lines(_ words: Int) -> Int { (words + 7) & ~7 }
    self.range = range
    self.coreCount = coreCount
    base = range.start.index & ~1023
    blocks = (range.start.index + range.count - base + 1023) / 1024 * 2
    gate = Self.cores + coreCount * RowCore.stride
    pairs = gate + 8 + lines(coreCount)
    trees = pairs + lines(blocks / 2)
    treeStride = lines(HintTree<NoSteps>.wordCount(capacity: blocks))
    rows = trees + Self.treeCount * treeStride
    wordCount = rows + blocks * 8
  }
}
