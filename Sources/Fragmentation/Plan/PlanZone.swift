public import MemoryUnits

/// The frames of one zone, as a plan needs them.
public struct PlanZone: Sendable {
  public var start: FrameNumber
  /// One raw value of `FrameState` per frame.
  public var states: [UInt8]

  public init(start: FrameNumber = FrameNumber(0), states: [UInt8]) {
    self.start = start
    self.states = states
  }

  /// A whole aligned block and what freeing it takes.
  struct Candidate {
    var block: Int
    var moves: Int
    var drops: Int
  }

  /// The blocks of an order that the means can free, by ascending address.
  func candidates(_ order: Order, _ means: PlanMeans, unknownMoves: Bool) -> [Candidate] {
    let size = order.frameCount
    var block = (start.index + size - 1) >> order.index
    var result: [Candidate] = []
    while (block + 1) << order.index <= start.index + states.count {
      let first = block << order.index - start.index
      if let candidate = candidate(block, first..<first + size, means, unknownMoves) {
        result.append(candidate)
      }
      block += 1
    }
    return result
  }

  private func candidate(
    _ block: Int, _ frames: Range<Int>, _ means: PlanMeans, _ unknownMoves: Bool
  ) -> Candidate? {
    var candidate = Candidate(block: block, moves: 0, drops: 0)
    for state in states[frames] {
      switch FrameState(rawValue: state) {
      case .free, .heldByCore: break
      case .cleanFile where means.drops: candidate.drops += 1
      case .movable, .fileCache, .cleanFile, .hugePage:
        guard means.moves else { return nil }
        candidate.moves += 1
      case .unknown, nil:
        guard means.moves, unknownMoves else { return nil }
        candidate.moves += 1
      case .reserved, .unmovable, .slab, .pageTable, .pinned: return nil
      }
    }
    return candidate
  }

  /// Frames that can take moved pages, once all that the means may drop is dropped.
  func room(_ means: PlanMeans) -> Int {
    let free = states.count {
      $0 == FrameState.free.rawValue || $0 == FrameState.heldByCore.rawValue
    }
    return free + (means.drops ? states.count { $0 == FrameState.cleanFile.rawValue } : 0)
  }

  func count(_ state: FrameState, in frames: Range<Int>) -> Int {
    states[frames].count { $0 == state.rawValue }
  }
}
