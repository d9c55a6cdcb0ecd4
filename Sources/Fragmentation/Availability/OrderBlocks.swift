import MemoryUnits

/// All blocks of one order, as a scan leaves them.
struct OrderBlocks {
  let order: Int
  /// How many blocks have these states in them, as far as the answer tells them apart; a set may come
  /// several times.
  var byStates: [(states: FrameStates, count: UInt64)] = []
  /// Blocks without a blocking or unknown frame by the frames in use.
  var steps: [MoveCurve.Step] = []
  /// Blocks with an unknown frame and no blocking one, the same.
  var unknownSteps: [MoveCurve.Step] = []

  /// Blocks whose states are all among these.
  func count(within states: FrameStates) -> UInt64 {
    byStates.reduce(0) { $0 + ($1.states.isSubset(of: states) ? $1.count : 0) }
  }

  /// Blocks with none of these states.
  func count(without states: FrameStates) -> UInt64 {
    byStates.reduce(0) { $0 + ($1.states.isDisjoint(with: states) ? $1.count : 0) }
  }

  var count: UInt64 { byStates.reduce(0) { $0 + $1.count } }
}

extension AvailabilityScan {
  /// Of every order from 3 to 18.
  func blocks() -> [OrderBlocks] {
    BlockTallies.orders.map { tallies.blocks($0) } + largeBlocks()
  }

  /// From 2 MiB blocks on, each order from pairs of the one below it.
  private func largeBlocks() -> [OrderBlocks] {
    var counter = StateCounter()
    var words = huge
    var first = firstHuge
    return (Order.huge.index...Self.orders.upperBound).map { order in
      if order > Order.huge.index {
        let begin = first & 1
        let count = max(words.count - begin, 0) / 2
        for index in 0..<count {
          words[index] = words[begin + 2 * index].joined(words[begin + 2 * index + 1])
        }
        words.removeLast(words.count - count)
        first = (first + 1) >> 1
      }
      return counter.count(words, order)
    }
  }
}

/// Counts large blocks by their states, order for order.
private struct StateCounter {
  /// By raw value of `FrameStates`; 0 between two orders.
  private var counts = [UInt32](repeating: 0, count: 1 << Int(FrameStates.known))

  mutating func count(_ words: [BlockWord], _ order: Int) -> OrderBlocks {
    var blocks = OrderBlocks(order: order)
    var found: [Int] = []
    var uses: [Int] = []
    var unknownUses: [Int] = []
    for word in words where !word.isOutside {
      let states = word.states
      let slot = Int(states.rawValue)
      if counts[slot] == 0 { found.append(slot) }
      counts[slot] += 1
      guard states.isDisjoint(with: .blocking) else { continue }
      if states.isDisjoint(with: .unknown) {
        uses.append(word.used)
      } else {
        unknownUses.append(word.used)
      }
    }
    for slot in found {
      blocks.byStates.append((FrameStates(rawValue: UInt16(slot)), UInt64(counts[slot])))
      counts[slot] = 0
    }
    blocks.steps = Self.steps(&uses)
    blocks.unknownSteps = Self.steps(&unknownUses)
    return blocks
  }

  /// How often each number of frames occurs, by ascending numbers.
  private static func steps(_ uses: inout [Int]) -> [MoveCurve.Step] {
    uses.sort()
    var steps: [MoveCurve.Step] = []
    for used in uses {
      if let last = steps.last, last.moves == used {
        steps[steps.count - 1].blocks += 1
      } else {
        steps.append(MoveCurve.Step(moves: UInt64(used), blocks: 1))
      }
    }
    return steps
  }
}
