public import MemoryUnits

/// One pass over the states of frames that counts, for every order from 3 to 18 at once, the aligned
/// blocks by the states that occur in them and by the frames that would have to be moved.
///
/// A group of eight frames becomes a word of sixteen counts of four bits, one for each state; groups
/// are then joined pair by pair, so that an order costs half of the one below it, and a 2 MiB block
/// whose frames are all in one state costs nothing more.
public struct AvailabilityScan: Sendable {
  /// The orders that are counted: below them Linux rarely fails, above them nothing is mapped as one.
  public static let orders: ClosedRange<Int> = 3...Order.gigantic.index

  /// Frames by raw value of `FrameState`.
  private(set) var frames = [UInt64](repeating: 0, count: 16)
  /// Blocks of orders 3...8.
  var small: [BlockCounts] = (3..<Order.huge.index).map { BlockCounts(order: $0) }
  /// Every 2 MiB block from `firstHuge` on.
  var huge: [BlockWord] = []
  private(set) var firstHuge = 0
  /// The frame behind the last one.
  private var next: Int?

  public init() {}

  /// Counts a stretch of frames: behind all earlier ones, each beginning at a multiple of 512 unless it
  /// is the first. Frames in between, and those outside whole blocks, are in no block.
  ///
  /// - Parameter states: one raw value of `FrameState` per frame; values of no state count as unknown.
  public mutating func add(_ states: Span<UInt8>, start: FrameNumber) {
    guard !states.isEmpty else { return }
    let first = start.index
    precondition(next.map { $0 <= first && first & 511 == 0 } ?? true)
    if huge.isEmpty { firstHuge = first >> 9 }
    let end = first + states.count
    next = end
    while firstHuge + huge.count < first >> 9 { huge.append(.outside) }
    var block = first >> 9
    while block << 9 < end {
      let begin = block << 9 - first
      if begin >= 0, begin + 512 <= states.count {
        addWhole(states, begin)
      } else {
        addPart(states, begin)
      }
      block += 1
    }
  }

  public mutating func add(_ states: [UInt8], start: FrameNumber = FrameNumber(0)) {
    add(states.span, start: start)
  }

  /// Counts a 2 MiB block that lies in the stretch as a whole.
  private mutating func addWhole(_ states: Span<UInt8>, _ begin: Int) {
    var groups = InlineArray<64, UInt64>(repeating: 0)
    var all: UInt64 = 0
    var index = begin
    for group in 0..<64 {
      var counts: UInt64 = 0
      for _ in 0..<8 {
        counts &+= Self.one(states[index])
        index &+= 1
      }
      groups[group] = counts
      all |= counts
    }
    // One state alone: its four bits are 8 in every group.
    if all & (all &- 1) == 0 {
      addUniform(all)
    } else {
      count(groups)
    }
  }

  /// Counts a 2 MiB block that the stretch begins or ends in.
  private mutating func addPart(_ states: Span<UInt8>, _ begin: Int) {
    var groups = InlineArray<64, BlockWord>(repeating: .outside)
    for group in 0..<64 {
      let first = begin + group * 8
      var counts: UInt64 = 0
      for index in max(first, 0)..<max(first, 0, min(first + 8, states.count)) {
        counts &+= Self.one(states[index])
        let state = min(Int(states[index]), 15)
        frames[state] &+= 1
      }
      if first >= 0, first + 8 <= states.count { groups[group] = BlockWord(counts: counts) }
    }
    join(&groups)
  }

  /// A count of one for the frame's state.
  @inline(__always)
  private static func one(_ state: UInt8) -> UInt64 {
    let known = state < FrameStates.known ? state : FrameState.unknown.rawValue
    return 1 &<< (UInt64(known) &<< 2)
  }

  private mutating func addUniform(_ counts: UInt64) {
    let state = counts.trailingZeroBitCount >> 2
    frames[state] &+= 512
    var word = BlockWord(counts: counts)
    for order in small.indices {
      small[order].add(word, times: 64 >> order)
      word = word.joined(word)
    }
    huge.append(word)
  }

  private mutating func count(_ groups: InlineArray<64, UInt64>) {
    var words = InlineArray<64, BlockWord>(repeating: .outside)
    for part in 0..<4 {
      // Counts of sixteen groups fit into eight bits.
      var even: UInt64 = 0
      var odd: UInt64 = 0
      for group in part &* 16..<part &* 16 &+ 16 {
        even &+= groups[group] & 0x0f0f_0f0f_0f0f_0f0f
        odd &+= groups[group] &>> 4 & 0x0f0f_0f0f_0f0f_0f0f
        words[group] = BlockWord(counts: groups[group])
      }
      for pair in 0..<8 {
        frames[pair &* 2] &+= even & 0xff
        frames[pair &* 2 &+ 1] &+= odd & 0xff
        even &>>= 8
        odd &>>= 8
      }
    }
    join(&words)
  }

  /// Counts the blocks of orders 3...8 of a 2 MiB block and keeps its word.
  private mutating func join(_ words: inout InlineArray<64, BlockWord>) {
    var count = 64
    for order in 0..<6 {
      small[order].add(words, count)
      count &>>= 1
      for index in 0..<count {
        words[index] = words[index &* 2].joined(words[index &* 2 &+ 1])
      }
    }
    huge.append(words[0])
  }
}
