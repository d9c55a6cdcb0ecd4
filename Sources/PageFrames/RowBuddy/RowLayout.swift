import MemoryUnits

/// Where the parts of a `RowBuddy` lie in its one mapping, in 64-bit words; every part starts on a
/// cache line.
@frozen
@usableFromInline
struct RowLayout {
  /// Blocks of 512 frames: the range, rounded outwards to pairs.
  @usableFromInline
  let blocks: Int
  @usableFromInline
  let coreCount: Int
  @usableFromInline
  let pairs: Int
  @usableFromInline
  let trees: Int
  @usableFromInline
  let treeStride: Int
  @usableFromInline
  let cores: Int
  @usableFromInline
  let gate: Int
  /// Words of the whole mapping.
  @usableFromInline
  let wordCount: Int

  /// Sets by free count of blocks that are neither full nor empty.
  @inlinable
  static var buckets: Int { 5 }
  @inlinable
  static var classes: Int { 3 }
  /// Which tree holds the empty blocks. The next one holds the words of this set that have a whole
  /// pair; the trees before it hold blocks by class and bucket.
  @inlinable
  static var emptyTree: Int { classes &* buckets }

  init(blocks: Int, coreCount: Int) {
    func lines(_ words: Int) -> Int { (words + 7) & ~7 }
    self.blocks = blocks
    self.coreCount = coreCount
    // The rows come first.
    pairs = lines(blocks * 8)
    trees = pairs + lines(blocks / 2)
    treeStride = lines(HintTree<NoSteps>.wordCount(capacity: blocks))
    cores = trees + (Self.emptyTree + 2) * treeStride
    gate = cores + coreCount * RowCore.stride
    wordCount = gate + 8 + lines(coreCount)
  }
}
