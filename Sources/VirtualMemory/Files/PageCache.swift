internal import MemoryUnits

/// Frames of one file's pages by page number: leaves of 64 pages in a sorted list, so that a file read
/// in order costs one word per page and a walk over a range sees the pages in order. Dirty pages are
/// marked beside, so that those who write back look at no others.
struct PageCache: Sendable {
  private struct Leaf: Sendable {
    /// Page number / 64.
    let block: Int
    var present: UInt64 = 0
    var dirty: UInt64 = 0
    var frames = ContiguousArray<FrameNumber>(repeating: FrameNumber(0), count: 64)
  }

  private var leaves: ContiguousArray<Leaf> = []
  private(set) var count = 0
  private(set) var dirtyCount = 0

  subscript(index: Int) -> FrameNumber? {
    let at = place(index >> 6)
    guard at < leaves.count, leaves[at].block == index >> 6,
      leaves[at].present >> UInt64(index & 63) & 1 == 1
    else { return nil }
    return leaves[at].frames[index & 63]
  }

  /// Adds a page that is not there, clean.
  mutating func insert(_ frame: FrameNumber, at index: Int) {
    let at = place(index >> 6)
    if at == leaves.count || leaves[at].block != index >> 6 {
      leaves.insert(Leaf(block: index >> 6), at: at)
    }
    leaves[at].present |= 1 << UInt64(index & 63)
    leaves[at].frames[index & 63] = frame
    count += 1
  }

  /// Puts another frame in the place of one that is there: its page moved.
  mutating func replace(_ frame: FrameNumber, at index: Int) {
    leaves[place(index >> 6)].frames[index & 63] = frame
  }

  /// Takes a page out that is there.
  mutating func remove(_ index: Int) {
    setDirty(false, at: index)
    let at = place(index >> 6)
    leaves[at].present &= ~(1 << UInt64(index & 63))
    count -= 1
    if leaves[at].present == 0 { leaves.remove(at: at) }
  }

  /// Page numbers and frames in `range`, in ascending order.
  func pages(in range: Range<Int>, onlyDirty: Bool = false) -> [(index: Int, frame: FrameNumber)] {
    var found: [(index: Int, frame: FrameNumber)] = []
    var at = place(range.lowerBound >> 6)
    while at < leaves.count, leaves[at].block << 6 < range.upperBound {
      let leaf = leaves[at]
      var present = onlyDirty ? leaf.dirty : leaf.present
      while present != 0 {
        let bit = present.trailingZeroBitCount
        present &= present - 1
        let index = leaf.block << 6 + bit
        if range.contains(index) { found.append((index, leaf.frames[bit])) }
      }
      at += 1
    }
    return found
  }

  private func place(_ block: Int) -> Int {
    var low = 0
    var high = leaves.count
    while low < high {
      let middle = (low + high) / 2
      if leaves[middle].block < block { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension PageCache {
  func isDirty(_ index: Int) -> Bool {
    let at = place(index >> 6)
    return at < leaves.count && leaves[at].block == index >> 6
      && leaves[at].dirty >> UInt64(index & 63) & 1 == 1
  }

  /// Marks a page that is there; true when that is news.
  @discardableResult
  mutating func setDirty(_ isDirty: Bool, at index: Int) -> Bool {
    let at = place(index >> 6)
    let bit: UInt64 = 1 << UInt64(index & 63)
    guard (leaves[at].dirty & bit != 0) != isDirty else { return false }
    leaves[at].dirty ^= bit
    dirtyCount += isDirty ? 1 : -1
    return true
  }

  /// Pages directly before `index` that are all there, at most `limit`.
  func run(before index: Int, limit: Int) -> Int {
    var length = 0
    while length < limit, index - length > 0, self[index - length - 1] != nil { length += 1 }
    return length
  }

  /// The first page at or behind `index` that is not there; nil when the next `limit` all are.
  func firstMissing(from index: Int, limit: Int) -> Int? {
    (index..<index + limit).first { self[$0] == nil }
  }
}
