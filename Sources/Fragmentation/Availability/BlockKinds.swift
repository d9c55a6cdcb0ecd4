import MemoryUnits

/// What of a block of frames the answer tells apart, a bit each: whether such a frame lies in it. With
/// the frames in use it says all that counts: a block without any of these kinds is free, or holds clean
/// contents of files beside.
struct BlockKinds: OptionSet, Hashable, Sendable {
  let rawValue: UInt16

  @inline(__always)
  init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Not in the zone as a whole.
  static var outside: BlockKinds { BlockKinds(rawValue: 1 << 0) }
  /// Where the states begin that keep a block from ever becoming free, unknown last: as in `stays`.
  static var firstStaying: Int { 1 }
  static var unknown: BlockKinds { BlockKinds(rawValue: 1 << 6) }
  static var huge: BlockKinds { BlockKinds(rawValue: 1 << 7) }
  /// Movable, or contents of files that are not known to be clean.
  static var moves: BlockKinds { BlockKinds(rawValue: 1 << 8) }
  static var held: BlockKinds { BlockKinds(rawValue: 1 << 9) }

  /// The states of bits 1...6.
  static var stays: [FrameState] {
    [.reserved, .unmovable, .slab, .pageTable, .pinned, .unknown]
  }

  /// Of frames in one state.
  init(_ state: FrameState) {
    if let bit = Self.stays.firstIndex(of: state) {
      self.init(rawValue: 1 << UInt16(Self.firstStaying + bit))
      return
    }
    switch state {
    case .hugePage: self = .huge
    case .movable, .fileCache: self = .moves
    case .heldByCore: self = .held
    default: self = []
    }
  }

  /// The states that such a block has, as far as the answer tells them apart.
  func states(used: Int) -> FrameStates {
    var states = FrameStates()
    for (bit, state) in Self.stays.enumerated() where rawValue >> (Self.firstStaying + bit) & 1 == 1
    {
      states.insert(FrameStates(state))
    }
    if contains(.huge) { states.insert(FrameStates(.hugePage)) }
    if contains(.moves) { states.insert(FrameStates(.movable)) }
    if states.isEmpty, used > 0 { states.insert(FrameStates(.cleanFile)) }
    if contains(.held) { states.insert(FrameStates(.heldByCore)) }
    if states.isEmpty { states.insert(FrameStates(.free)) }
    return states
  }
}
