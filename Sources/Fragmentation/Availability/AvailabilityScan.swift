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
  /// Frames of each of them that compaction moves: pages of users and of files.
  var movers: [UInt16] = []
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
    begin(first >> 9)
    let end = first + states.count
    next = end
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

  /// Counts frames that come as counts: a word for every eight, with four bits for each raw value of
  /// `FrameState`; whole 2 MiB blocks, behind all earlier frames.
  public mutating func add(groups: Span<UInt64>, start: FrameNumber) {
    let first = start.index
    precondition(first & 511 == 0 && groups.count & 63 == 0 && next.map { $0 <= first } ?? true)
    begin(first >> 9)
    next = first + groups.count * 8
    for block in 0..<groups.count >> 6 {
      let first = block &<< 6
      var all: UInt64 = 0
      for group in first..<first &+ 64 { all |= groups[group] }
      add(groups, first, all)
    }
  }

  /// Fills up to the 2 MiB block that comes next.
  private mutating func begin(_ block: Int) {
    if huge.isEmpty { firstHuge = block }
    while firstHuge + huge.count < block { append(.outside, movers: 0) }
  }

  /// Counts the 2 MiB block of the 64 groups from `first` on; `all` says which counts are not 0.
  @inline(__always)
  private mutating func add(_ groups: Span<UInt64>, _ first: Int, _ all: UInt64) {
    // One state alone: its four bits are 8 in every group.
    if all & (all &- 1) == 0 {
      addUniform(all)
    } else {
      count(groups, first)
    }
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
    add(groups.span, 0, all)
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
    var words = groups.mutableSpan
    join(&words, movers: 0)
  }

  private mutating func append(_ word: BlockWord, movers count: UInt16) {
    huge.append(word)
    movers.append(count)
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
    append(word, movers: word.states.isSubset(of: .moving) ? 512 : 0)
  }

  private mutating func count(_ groups: Span<UInt64>, _ first: Int) {
    var movers: UInt64 = 0
    for part in 0..<4 {
      // Counts of sixteen groups fit into eight bits.
      var even: UInt64 = 0
      var odd: UInt64 = 0
      for group in part &* 16..<part &* 16 &+ 16 {
        let counts = groups[first &+ group]
        even &+= counts & 0x0f0f_0f0f_0f0f_0f0f
        odd &+= counts &>> 4 & 0x0f0f_0f0f_0f0f_0f0f
      }
      // The states that move have odd numbers: 3, 7 and 11.
      movers &+= (odd &>> 8 & 0xff) &+ (odd &>> 24 & 0xff) &+ (odd &>> 40 & 0xff)
      for pair in 0..<8 {
        frames[pair &* 2] &+= even & 0xff
        frames[pair &* 2 &+ 1] &+= odd & 0xff
        even &>>= 8
        odd &>>= 8
      }
    }
    var words = InlineArray<64, BlockWord>(repeating: .outside)
    var span = words.mutableSpan
    for group in 0..<64 { span[group] = BlockWord(counts: groups[first &+ group]) }
    join(&span, movers: UInt16(truncatingIfNeeded: movers))
  }

  /// Counts the blocks of orders 3...8 of a 2 MiB block and keeps its word.
  private mutating func join(_ words: inout MutableSpan<BlockWord>, movers: UInt16) {
    var count = 64
    for order in 0..<6 {
      small[order].add(words.span, count)
      count &>>= 1
      for index in 0..<count {
        words[index] = words[index &* 2].joined(words[index &* 2 &+ 1])
      }
    }
    append(words[0], movers: movers)
  }
}
