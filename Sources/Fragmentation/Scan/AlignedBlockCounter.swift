import MemoryUnits

/// Counts aligned free blocks of orders 0...18 in a stream of words, one bit per frame: no branch
/// depends on single frames, so that a scattered memory costs no more than an orderly one.
struct AlignedBlockCounter {
  /// Blocks found so far, by order.
  private(set) var counts = [UInt64](repeating: 0, count: Order.gigantic.index + 1)
  /// Number of the next word: frame number / 64.
  private var word: Int
  /// `left[k]`: whether the last even-numbered block of order k was free.
  private var left = [Bool](repeating: false, count: Order.gigantic.index + 1)

  init(firstWord: Int) { word = firstWord }

  /// Adds 64 frames; a set bit is a free frame.
  mutating func add(_ frames: UInt64) {
    // Bit i of `pairs` says whether the block of the order that starts at frame i is free.
    var pairs = frames
    counts[0] &+= UInt64(pairs.nonzeroBitCount)
    pairs &= pairs &>> 1 & 0x5555_5555_5555_5555
    counts[1] &+= UInt64(pairs.nonzeroBitCount)
    pairs &= pairs &>> 2 & 0x1111_1111_1111_1111
    counts[2] &+= UInt64(pairs.nonzeroBitCount)
    pairs &= pairs &>> 4 & 0x0101_0101_0101_0101
    counts[3] &+= UInt64(pairs.nonzeroBitCount)
    pairs &= pairs &>> 8 & 0x0001_0001_0001_0001
    counts[4] &+= UInt64(pairs.nonzeroBitCount)
    pairs &= pairs &>> 16 & 0x0000_0001_0000_0001
    counts[5] &+= UInt64(pairs.nonzeroBitCount)
    addWhole(frames == .max)
  }

  /// Passes whole words up as a binary counter passes its carry.
  private mutating func addWhole(_ isWhole: Bool) {
    var isFree = isWhole
    var block = word
    word += 1
    for order in 6..<counts.count {
      if isFree { counts[order] &+= 1 }
      guard block & 1 == 1 else {
        left[order] = isFree
        return
      }
      isFree = isFree && left[order]
      block >>= 1
    }
  }
}
