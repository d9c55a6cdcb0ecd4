import MemoryUnits

/// All blocks of one order, as a scan leaves them.
struct OrderBlocks {
  let order: Int
  /// How many blocks have exactly these states in them.
  var byStates: [FrameStates: UInt64] = [:]
  /// Blocks without a blocking or unknown frame by the frames in use.
  var steps: [MoveCurve.Step] = []
  /// Blocks with an unknown frame and no blocking one, the same.
  var unknownSteps: [MoveCurve.Step] = []

  /// Blocks whose states are all among these.
  func count(within states: FrameStates) -> UInt64 {
    byStates.reduce(0) { $0 + ($1.key.isSubset(of: states) ? $1.value : 0) }
  }

  /// Blocks with none of these states.
  func count(without states: FrameStates) -> UInt64 {
    byStates.reduce(0) { $0 + ($1.key.isDisjoint(with: states) ? $1.value : 0) }
  }

  var count: UInt64 { byStates.reduce(0) { $0 + $1.value } }
}

extension AvailabilityScan {
  func blocks(order: Int) -> OrderBlocks {
    order < Order.huge.index ? smallBlocks(order) : largeBlocks(order)
  }

  private func smallBlocks(_ order: Int) -> OrderBlocks {
    let counts = small[order - 3]
    var blocks = OrderBlocks(order: order)
    for (states, count) in counts.byStates.enumerated() where count > 0 {
      blocks.byStates[FrameStates(rawValue: UInt16(states))] = UInt64(count)
    }
    func steps(_ counts: ArraySlice<UInt32>) -> [MoveCurve.Step] {
      counts.enumerated().compactMap { used, count in
        count == 0 ? nil : MoveCurve.Step(moves: UInt64(used), blocks: UInt64(count))
      }
    }
    blocks.steps = steps(counts.uses(unknown: false))
    blocks.unknownSteps = steps(counts.uses(unknown: true))
    return blocks
  }

  /// Joins 2 MiB blocks: an aligned group of 2^(order - 9) of them is a block.
  private func largeBlocks(_ order: Int) -> OrderBlocks {
    var blocks = OrderBlocks(order: order)
    let size = 1 << (order - Order.huge.index)
    var uses: [UInt64] = []
    var unknownUses: [UInt64] = []
    var index = (size - firstHuge & (size - 1)) & (size - 1)
    var last: (states: FrameStates, count: UInt64) = (FrameStates(), 0)
    while index + size <= huge.count {
      var word = huge[index]
      for other in index + 1..<index + size { word = word.joined(huge[other]) }
      index += size
      if word.isOutside { continue }
      let states = word.states
      if states == last.states {
        last.count += 1
      } else {
        blocks.byStates[last.states, default: 0] += last.count
        last = (states, 1)
      }
      guard states.isDisjoint(with: .blocking) else { continue }
      if states.isDisjoint(with: .unknown) {
        uses.append(UInt64(word.used))
      } else {
        unknownUses.append(UInt64(word.used))
      }
    }
    blocks.byStates[last.states, default: 0] += last.count
    blocks.byStates[FrameStates()] = nil
    blocks.steps = MoveCurve(uses.map { MoveCurve.Step(moves: $0, blocks: 1) }).steps
    blocks.unknownSteps = MoveCurve(unknownUses.map { MoveCurve.Step(moves: $0, blocks: 1) }).steps
    return blocks
  }
}
