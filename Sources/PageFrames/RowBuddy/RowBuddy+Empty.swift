public import MemoryUnits

/// Entirely free blocks: what orders 9 and 10 are made of, and where a core turns when no used block
/// is worth it.
///
/// A core works on a copy of one word of the set, 64 blocks, and removes those that it tried in vain
/// when the copy is used up: one read-modify-write for up to 64 blocks. What it takes stays in the set
/// until somebody else tries it in vain, so that a block that comes back soon need not be added.
extension RowBuddy {
  /// Hands out the frames of order 9 or 10: their first block; -1 when no set has them, or none could.
  @inlinable
  @inline(__always)
  func takeHuge(_ order: Order, _ classIndex: Int, _ hands: RowCore) -> Int {
    if order == .huge { return takeEmptyBlock(.taken(as: .huge, classIndex: classIndex), hands) }
    guard order == .maximum else { return -1 }
    return takeEmptyPair(.taken(as: .half, classIndex: classIndex), hands)
  }

  /// Takes an empty block out of the pool: its lane becomes `taken`; -1 when no set has one.
  @inlinable
  @inline(__always)
  func takeEmptyBlock(_ taken: Lane, _ hands: RowCore) -> Int {
    while true {
      let bit: Int
      let singles = hands.emptySingles
      if singles != 0 {
        bit = singles.trailingZeroBitCount
        hands.emptySingles = singles & (singles &- 1)
      } else {
        // Whole pairs, which order 10 needs, come last.
        let pairs = hands.emptyPairs
        guard pairs != 0 else {
          guard nextEmptyWord(hands, inTree: emptyBlocks, shift: 6) else { return -1 }
          continue
        }
        bit = pairs.trailingZeroBitCount
        hands.emptyPairs = pairs & (pairs &- 1)
        hands.emptySingles = 2 &<< UInt64(truncatingIfNeeded: bit)
      }
      let block = hands.emptyWord &<< 6 | bit
      var pair = pairWord(block)
      while Lane(pair, block).isEmpty {
        if exchangePair(block, pair, taken.replacing(in: pair, block)) { return block }
        pair = pairWord(block)
      }
      hands.emptyTried |= 1 &<< UInt64(truncatingIfNeeded: bit)
    }
  }

  /// Takes two empty blocks that are a pair: its first block; -1 when no set has one.
  @inlinable
  @inline(__always)
  func takeEmptyPair(_ taken: Lane, _ hands: RowCore) -> Int {
    let desired = UInt64(taken.bits) | UInt64(taken.bits) &<< 32
    while true {
      let pairs = hands.emptyPairs
      guard pairs != 0 else {
        guard nextEmptyWord(hands, inTree: emptyPairs, shift: 0) else { return -1 }
        continue
      }
      let bit = pairs.trailingZeroBitCount
      hands.emptyPairs = pairs & (pairs &- 1)
      let block = hands.emptyWord &<< 6 | bit
      var pair = pairWord(block)
      while Lane(pair, block).isEmpty, Lane(pair, block &+ 1).isEmpty {
        if exchangePair(block, pair, desired) { return block }
        pair = pairWord(block)
      }
      // Each of the two is looked at again before it goes.
      hands.emptyTried |= 3 &<< UInt64(truncatingIfNeeded: bit)
    }
  }

  /// Settles the core's copy and makes one of the next word that has a member in `tree`, whose members
  /// number words of the set if `shift` is 0, blocks if it is 6.
  @inline(never)
  @inlinable
  func nextEmptyWord(_ hands: RowCore, inTree tree: HintTree<Steps>, shift: Int) -> Bool {
    settleEmptyWord(hands)
    // What it took from the last one is still in the set.
    var start = hands.emptyWord &+ 1
    while true {
      let found = tree.find(from: start &<< shift)
      guard found >= 0 else { return false }
      let word = found &>> shift
      let members = emptyBlocks.load(0, word)
      if shift == 0, Self.pairs(in: members) == 0 {
        // A leftover: no pair here any more.
        emptyPairs.remove(word)
        if Self.pairs(in: emptyBlocks.load(0, word)) != 0 { emptyPairs.insert(word) }
        start = word &+ 1
        continue
      }
      guard members != 0 else {
        start = word &+ 1
        continue
      }
      let pairs = Self.pairs(in: members)
      hands.emptyWord = word
      hands.emptyPairs = pairs
      hands.emptySingles = members & ~(pairs | pairs &<< 1)
      return true
    }
  }

  /// Removes what the core tried in vain from the set, all at once, and looks again at each.
  @inlinable
  func settleEmptyWord(_ hands: RowCore) {
    var tried = hands.emptyTried
    hands.emptySingles = 0
    hands.emptyPairs = 0
    hands.emptyTried = 0
    guard tried != 0 else { return }
    let word = hands.emptyWord
    emptyBlocks.remove(tried, fromWord: word, level: 0)
    while tried != 0 {
      let block = word &<< 6 &+ tried.trailingZeroBitCount
      tried &= tried &- 1
      if lane(block).isEmpty { listEmpty(block) }
    }
  }
}
