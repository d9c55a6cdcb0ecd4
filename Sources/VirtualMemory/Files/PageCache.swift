internal import MemoryUnits

/// Frames of one file's pages by page number: leaves of 64 pages in a sorted list, so that a file read
/// in order costs one word per page and a walk over a range sees the pages in order.
struct PageCache: Sendable {
  private struct Leaf: Sendable {
    /// Page number / 64.
    let block: Int
    var present: UInt64 = 0
    var frames = ContiguousArray<FrameNumber>(repeating: FrameNumber(0), count: 64)
  }

  private var leaves: ContiguousArray<Leaf> = []
  private(set) var count = 0

  subscript(index: Int) -> FrameNumber? {
    let at = place(index >> 6)
    guard at < leaves.count, leaves[at].block == index >> 6,
      leaves[at].present >> UInt64(index & 63) & 1 == 1
    else { return nil }
    return leaves[at].frames[index & 63]
  }

  /// Adds a page that is not there.
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

  mutating func remove(_ index: Int) {
    let at = place(index >> 6)
    leaves[at].present &= ~(1 << UInt64(index & 63))
    count -= 1
    if leaves[at].present == 0 { leaves.remove(at: at) }
  }

  /// Page numbers and frames in `range`, in ascending order.
  func pages(in range: Range<Int>) -> [(index: Int, frame: FrameNumber)] {
    var found: [(index: Int, frame: FrameNumber)] = []
    var at = place(range.lowerBound >> 6)
    while at < leaves.count, leaves[at].block << 6 < range.upperBound {
      let leaf = leaves[at]
      var present = leaf.present
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
