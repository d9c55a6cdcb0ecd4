import MemoryUnits

/// How many blocks of orders 3...8 there are of each make: those in which something stays by the kinds
/// that stay, all others by their further kinds and the frames in use, which is what emptying them would
/// move.
struct BlockTallies: Sendable {
  static let orders = 3..<Order.huge.index
  /// Where the blocks begin in which nothing stays: before them one for each set of kinds 0...6.
  @inline(__always)
  static var moving: Int { 128 }

  /// One order behind the other.
  private(set) var counts = [UInt32](repeating: 0, count: Self.first(Order.huge.index))

  /// Where an order begins: 128 sets of kinds, then sixteen of 2^(order + 1) numbers of frames.
  @inline(__always)
  static func first(_ order: Int) -> Int { moving &* (order &- 3) &+ 16 &<< (order &+ 1) &- 256 }

  /// Blocks of the order by what is in them, without those that do not occur.
  func blocks(_ order: Int) -> OrderBlocks {
    var blocks = OrderBlocks(order: order)
    let first = Self.first(order)
    for slot in first..<first + Self.moving where counts[slot] > 0 {
      let kinds = BlockKinds(rawValue: UInt16(slot - first))
      if kinds.contains(.outside) { continue }
      blocks.byStates.append((kinds.states(used: 0), UInt64(counts[slot])))
    }
    let size = 2 << order
    for number in 0..<16 {
      let kinds = BlockKinds(rawValue: UInt16(number << 6))
      let begin = first + Self.moving + number * size
      var used: UInt64 = 0
      for slot in begin..<begin + size where counts[slot] > 0 {
        let count = UInt64(counts[slot])
        let step = MoveCurve.Step(moves: UInt64(slot - begin), blocks: count)
        if kinds.contains(.unknown) {
          blocks.unknownSteps.append(step)
        } else {
          blocks.steps.append(step)
        }
        if slot == begin {
          blocks.byStates.append((kinds.states(used: 0), count))
        } else {
          used += count
        }
      }
      if used > 0 { blocks.byStates.append((kinds.states(used: 1), used)) }
    }
    return blocks
  }

  mutating func add(_ kinds: BlockKinds, used: Int, _ order: Int, times: UInt32) {
    let stays = kinds.rawValue & 0x3f != 0
    let slot =
      stays
      ? Int(kinds.rawValue & 0x7f) : Self.moving + Int(kinds.rawValue >> 6) << (order + 1) + used
    counts[Self.first(order) + slot] += times
  }

  /// Counts the blocks of orders 3...8 in a 2 MiB block.
  mutating func add(_ slots: borrowing BlockSlots) {
    var counts = counts.mutableSpan
    // A span, because subscripting the array copies it.
    let vectors = slots.vectors.span
    for pair in 0..<4 {
      Self.add(vectors[pair &* 6], 3, 4, &counts)
      Self.add(vectors[pair &* 6 &+ 1], 3, 4, &counts)
      Self.add(vectors[pair &* 6 &+ 2], 4, 4, &counts)
      Self.add(vectors[pair &* 6 &+ 3], 5, 2, &counts)
      Self.add(vectors[pair &* 6 &+ 4], 6, 1, &counts)
      Self.add(vectors[pair &* 6 &+ 5][0], 7, &counts)
      if pair & 1 == 1 { Self.add(vectors[pair &* 6 &+ 5][1], 8, &counts) }
    }
  }

  /// Counts so many blocks of each half of a vector of slots.
  @inline(__always)
  private static func add(
    _ slots: SIMD2<UInt64>, _ order: Int, _ count: Int, _ counts: inout MutableSpan<UInt32>
  ) {
    for half in 0..<2 {
      var slots = slots[half]
      for _ in 0..<count {
        add(slots, order, &counts)
        slots &>>= UInt64(64 / count) & 63
      }
    }
  }

  @inline(__always)
  private static func add(_ slot: UInt64, _ order: Int, _ counts: inout MutableSpan<UInt32>) {
    counts[first(order) &+ Int(truncatingIfNeeded: slot & 0xffff)] &+= 1
  }
}
