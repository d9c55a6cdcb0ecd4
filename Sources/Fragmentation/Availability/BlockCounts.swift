import MemoryUnits

/// The blocks of one order, counted by the states that occur in them; and those in which nothing stays
/// where it is by the frames in use, which is what emptying them would move.
struct BlockCounts: Sendable {
  let order: Int
  /// Blocks by raw value of `FrameStates`.
  private(set) var byStates = [UInt32](repeating: 0, count: 1 << Int(FrameStates.known))
  /// Blocks by frames in use: first those where neither a blocking nor an unknown frame lies, then those
  /// where an unknown one lies but no blocking one, then all others.
  private var byUse: [UInt32]

  init(order: Int) {
    self.order = order
    byUse = [UInt32](repeating: 0, count: 3 << (order + 1))
  }

  /// Blocks by frames in use, where nothing stays.
  func uses(unknown: Bool) -> ArraySlice<UInt32> {
    let first = unknown ? 2 << order : 0
    return byUse[first...first + 1 << order]
  }

  /// Where the blocks with a word are counted.
  @inline(__always)
  private static func slot(_ word: BlockWord, _ order: Int) -> Int {
    let part = word.states.isDisjoint(with: .unknown) ? 0 : 1
    let stays = word.states.isDisjoint(with: .blocking) ? part : 2
    return stays &<< (order &+ 1) &+ word.used
  }

  /// Adds the first `count` of the words. No branch depends on what lies in a block.
  @inline(__always)
  mutating func add(_ words: Span<BlockWord>, _ count: Int) {
    Self.add(words, count, order, &byStates, &byUse)
  }

  @inline(__always)
  private static func add(
    _ words: Span<BlockWord>, _ count: Int, _ order: Int,
    _ byStates: inout [UInt32], _ byUse: inout [UInt32]
  ) {
    var states = byStates.mutableSpan
    var uses = byUse.mutableSpan
    for index in 0..<count {
      let word = words[index]
      if word.isOutside { continue }
      states[Int(word.states.rawValue)] &+= 1
      uses[slot(word, order)] &+= 1
    }
  }

  mutating func add(_ word: BlockWord, times: Int) {
    if word.isOutside { return }
    let times = UInt32(truncatingIfNeeded: times)
    byStates[Int(word.states.rawValue)] &+= times
    byUse[Self.slot(word, order)] &+= times
  }
}
