public import Synchronization

/// A set of small numbers as a tree of bitmaps, 64 to one, shared by threads: finding a member takes
/// as many steps as the tree has levels, however large the set may be.
///
/// A hint, never the truth. Invariant, when no operation is under way: a word of a lower level that is
/// not zero has its bit in the level above. A bit above a zero word may be left over; whoever meets
/// one removes it.
@safe
@frozen
@usableFromInline
struct HintTree<Steps: AtomicSteps> {
  /// One cache line that says where the levels lie, then all levels, the members' own first.
  @usableFromInline
  let words: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline
  let steps: Steps

  @inlinable
  init(_ words: UnsafeMutablePointer<Atomic<UInt64>>, _ steps: Steps) {
    unsafe self.words = words
    self.steps = steps
  }

  @inlinable
  @inline(__always)
  func header(_ index: Int) -> Int {
    Int(truncatingIfNeeded: unsafe words[index].load(ordering: .relaxed))
  }

  /// The first word of a level; of the level behind the last, the end of the tree.
  @inlinable
  @inline(__always)
  func levelStart(_ level: Int) -> Int { header(level) }

  @inlinable
  var levels: Int { header(7) }

  @inlinable
  func load(_ level: Int, _ word: Int) -> UInt64 {
    steps.willTake(.load)
    return unsafe words[levelStart(level) &+ word].load(ordering: .acquiring)
  }

  @inlinable
  func contains(_ member: Int) -> Bool { load(0, member &>> 6) &>> (member & 63) & 1 != 0 }

  /// Adds a member; one load when it is there already.
  @inlinable
  func insert(_ member: Int) { insert(member, level: 0) }

  @inlinable
  func insert(_ member: Int, level first: Int) {
    var index = member
    for level in first..<levels {
      let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: index & 63)
      index = index &>> 6
      if load(level, index) & bit != 0 { return }
      steps.willTake(.mask)
      let old = unsafe words[levelStart(level) &+ index]
        .bitwiseOr(bit, ordering: .acquiringAndReleasing).oldValue
      if old != 0 { return }
    }
  }

  @inlinable
  func remove(_ member: Int) {
    remove(1 &<< UInt64(truncatingIfNeeded: member & 63), fromWord: member &>> 6, level: 0)
  }

  /// Removes all members of a word of level 0 whose bits are set in `bits`; of a higher level, the one
  /// bit above a word that was empty.
  @inlinable
  func remove(_ bits: UInt64, fromWord word: Int, level first: Int) {
    var level = first
    var index = word
    var mask = bits
    while true {
      steps.willTake(.mask)
      let left = unsafe words[levelStart(level) &+ index]
        .bitwiseAnd(~mask, ordering: .acquiringAndReleasing).newValue
      // Whoever added to the word below while its bit up here was still set relied on that bit.
      if level > 0, load(level &- 1, (index &<< 6) &+ mask.trailingZeroBitCount) != 0 {
        insert((index &<< 6) &+ mask.trailingZeroBitCount, level: level)
        return
      }
      level &+= 1
      if left != 0 || level == levels { return }
      mask = 1 &<< UInt64(truncatingIfNeeded: index & 63)
      index = index &>> 6
    }
  }

  /// The first member at or behind `start`, else the first of all; -1 when there is none.
  @inlinable
  func find(from start: Int) -> Int {
    // The one word on top tells at once that there is nothing.
    guard load(levels &- 1, 0) != 0 else { return -1 }
    let found = findForward(from: start)
    return found >= 0 || start == 0 ? found : findForward(from: 0)
  }

  @inlinable
  func findForward(from start: Int) -> Int {
    var index = start
    var level = 0
    while level < levels, levelStart(level) &+ index &>> 6 < levelStart(level &+ 1) {
      let word = load(level, index &>> 6) & (UInt64.max &<< UInt64(truncatingIfNeeded: index & 63))
      guard word != 0 else {
        index = index &>> 6 &+ 1
        level &+= 1
        continue
      }
      index = index & ~63 | word.trailingZeroBitCount
      if level == 0 { return index }
      level &-= 1
      let below = load(level, index)
      if below != 0 {
        index = index &<< 6
      } else {
        // Left over: the word below is empty.
        remove(
          1 &<< UInt64(truncatingIfNeeded: index & 63), fromWord: index &>> 6, level: level &+ 1)
        index &+= 1
        level &+= 1
      }
    }
    return -1
  }
}

extension HintTree {
  /// Writes the header of an empty tree for members 0..<capacity, capacity at most 64^4; the storage is
  /// zero.
  func form(capacity: Int) {
    var words = max(1, (capacity + 63) / 64)
    var end = 8
    var levels = 0
    while true {
      store(levels, end)
      end += words
      levels += 1
      if words == 1 { break }
      words = (words + 63) / 64
    }
    store(levels, end)
    store(7, levels)
  }

  private func store(_ index: Int, _ value: Int) {
    unsafe words[index].store(UInt64(truncatingIfNeeded: value), ordering: .relaxed)
  }

  /// Words of storage for members 0..<capacity.
  static func wordCount(capacity: Int) -> Int {
    var words = max(1, (capacity + 63) / 64)
    var total = 8 + words
    while words > 1 {
      words = (words + 63) / 64
      total += words
    }
    return total
  }
}
