public import MemoryUnits

/// What one aligned block of frames holds, as far as moving is concerned.
public struct BlockUse: Hashable, Sendable {
  /// Frames in use that can be copied elsewhere.
  public var movable: Int
  /// Frames that stay where they are: kernel data, slabs, page tables, pins, holes.
  public var unmovable: Int

  public init(movable: Int, unmovable: Int) {
    self.movable = movable
    self.unmovable = unmovable
  }

  /// The use of every whole aligned block of an order, by ascending address; frames before the first
  /// and behind the last whole block are left out.
  ///
  /// - Parameter states: one `FrameState` raw value per frame.
  /// - Parameter unknownMoves: how frames count of which the source cannot tell.
  public static func scan(
    states: [UInt8], start: FrameNumber = FrameNumber(0), _ order: Order, unknownMoves: Bool = false
  ) -> [BlockUse] {
    let size = order.frameCount
    var frame = (size - start.index & (size - 1)) & (size - 1)
    var result: [BlockUse] = []
    result.reserveCapacity(max(0, states.count - frame) / size)
    while frame + size <= states.count {
      var use = BlockUse(movable: 0, unmovable: 0)
      for state in states[frame..<frame + size] where !FreeRunCensus.isFree(state) {
        if canMove(state, unknownMoves) { use.movable += 1 } else { use.unmovable += 1 }
      }
      result.append(use)
      frame += size
    }
    return result
  }

  static func canMove(_ state: UInt8, _ unknownMoves: Bool) -> Bool {
    switch FrameState(rawValue: state) {
    case .movable, .fileCache, .cleanFile, .hugePage: true
    case .unknown, nil: unknownMoves
    case .reserved, .free, .heldByCore, .unmovable, .slab, .pageTable, .pinned: false
    }
  }
}
