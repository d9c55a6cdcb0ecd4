import MemoryUnits

/// The blocks of one order, counted by the states that occur in them; and those in which nothing stays
/// where it is by the frames in use, which is what emptying them would move.
struct BlockCounts: Sendable {
  let order: Int
  /// Blocks by raw value of `FrameStates`.
  private(set) var byStates = [UInt32](repeating: 0, count: 1 << Int(FrameStates.known))
  /// Blocks by frames in use, where neither a blocking nor an unknown frame lies.
  private(set) var byUse: [UInt32]
  /// The same where unknown frames lie but no blocking one.
  private(set) var byUseUnknown: [UInt32]

  init(order: Int) {
    self.order = order
    byUse = [UInt32](repeating: 0, count: 1 << order + 1)
    byUseUnknown = byUse
  }

  /// Adds the first `count` of the words.
  @inline(__always)
  mutating func add(_ words: borrowing InlineArray<64, BlockWord>, _ count: Int) {
    Self.add(words, count, &byStates, &byUse, &byUseUnknown)
  }

  @inline(__always)
  private static func add(
    _ words: borrowing InlineArray<64, BlockWord>, _ count: Int, _ byStates: inout [UInt32],
    _ byUse: inout [UInt32], _ byUseUnknown: inout [UInt32]
  ) {
    var states = byStates.mutableSpan
    var uses = byUse.mutableSpan
    var unknown = byUseUnknown.mutableSpan
    for index in 0..<count {
      let word = words[index]
      if word.isOutside { continue }
      let mask = word.states
      states[Int(mask.rawValue)] &+= 1
      if !mask.isDisjoint(with: .blocking) { continue }
      if mask.isDisjoint(with: .unknown) {
        uses[word.used] &+= 1
      } else {
        unknown[word.used] &+= 1
      }
    }
  }

  mutating func add(_ word: BlockWord, times: Int) {
    if word.isOutside { return }
    let times = UInt32(truncatingIfNeeded: times)
    byStates[Int(word.states.rawValue)] &+= times
    if !word.states.isDisjoint(with: .blocking) { return }
    if word.states.isDisjoint(with: .unknown) {
      byUse[word.used] &+= times
    } else {
      byUseUnknown[word.used] &+= times
    }
  }
}
