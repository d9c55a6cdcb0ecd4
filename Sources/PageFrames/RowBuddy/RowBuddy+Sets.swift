public import MemoryUnits

/// The sets of blocks by class and free count. Whoever moves a count of a block that nobody owns into
/// another bucket, and whoever stops owning a block, adds it to its set afterwards; whoever meets a
/// block in a set where it does not belong removes it, looks again, and adds it again if it belongs
/// there by now. So no block is missing for longer than the operation that has yet to add it.
extension RowBuddy {
  /// The set of a block with `count` free frames, 1...511. Buckets start at 1, 32, 64, 128 and 256
  /// frames: 32, the smallest count that is worth the search, is four frames per row.
  @inlinable
  static func bucket(_ count: Int) -> Int { Int.bitWidth &- (count &>> 5).leadingZeroBitCount }

  /// The set that a block belongs to; -1 when it is full or somebody's.
  @inlinable
  static func tree(of lane: Lane) -> Int {
    guard lane.isOwnable, lane.count > 0 else { return -1 }
    return lane.count == Order.huge.frameCount
      ? RowLayout.emptyTree : RowLayout.tree(lane.classIndex, bucket(lane.count))
  }

  /// Adds a block to the set that it belongs to.
  @inlinable
  func list(_ block: Int, _ lane: Lane) {
    let index = Self.tree(of: lane)
    guard index >= 0 else { return }
    if index == RowLayout.emptyTree { listEmpty(block) } else { tree(index).insert(block) }
  }

  @inlinable
  @inline(__always)
  func listEmpty(_ block: Int) {
    if !emptyBlocks.contains(block) { addEmpty(block) }
  }

  @inline(never)
  @inlinable
  func addEmpty(_ block: Int) {
    emptyBlocks.insert(block)
    let word = block &>> 6
    if Self.pairs(in: emptyBlocks.load(0, word)) != 0 { emptyPairs.insert(word) }
  }

  /// The even bits of whole pairs.
  @inlinable
  static func pairs(in word: UInt64) -> UInt64 { word & (word &>> 1) & 0x5555_5555_5555_5555 }

  /// Removes a block from a set where it was found although it does not belong there.
  @inlinable
  func unlist(_ block: Int, from index: Int) {
    tree(index).remove(block)
    if Self.tree(of: lane(block)) == index { tree(index).insert(block) }
  }
}
