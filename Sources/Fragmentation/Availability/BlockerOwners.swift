public import MemoryUnits

/// Who owns the frames that keep blocks of a zone from becoming free. A second pass beside
/// `AvailabilityScan`, for sources that know owners; it does work only for frames that stay.
public struct BlockerOwners: Sendable {
  private struct Label: Hashable {
    var state: UInt8
    var owner: UInt16
  }

  /// What one label has in the blocks of each order.
  private struct Tally {
    var label: Label
    var frames: UInt64 = 0
    var blocks = [UInt64](repeating: 0, count: AvailabilityScan.orders.count)
    var alone = [UInt64](repeating: 0, count: AvailabilityScan.orders.count)
    var lastBlock = [Int](repeating: -1, count: AvailabilityScan.orders.count)
  }

  /// The block that the last frame lay in, and the only label in it, or -1.
  private struct Current {
    var block = -1
    var label = -1
  }

  private let names: [String]
  private let range: FrameRange
  private var numbers: [Label: Int] = [:]
  private var tallies: [Tally] = []
  private var current = [Current](repeating: Current(), count: AvailabilityScan.orders.count)

  /// - Parameters:
  ///   - range: the zone.
  ///   - names: of the owners by number; an empty name is nobody that is known.
  public init(_ range: FrameRange, names: [String]) {
    self.range = range
    self.names = names
  }

  /// Adds a stretch behind all earlier ones.
  ///
  /// - Parameters:
  ///   - states: raw values of `FrameState`.
  ///   - owners: the number of each frame's owner.
  public mutating func add(_ states: [UInt8], owners: [UInt16], start: FrameNumber) {
    let stays = FrameStates.blocking.union(.unknown).rawValue
    for index in states.indices {
      let state = states[index] < FrameStates.known ? states[index] : FrameState.unknown.rawValue
      guard stays >> UInt16(state) & 1 == 1 else { continue }
      add(number(Label(state: state, owner: owners[index])), start.index + index)
    }
  }

  private mutating func number(_ label: Label) -> Int {
    if let number = numbers[label] { return number }
    numbers[label] = tallies.count
    tallies.append(Tally(label: label))
    return tallies.count - 1
  }

  private mutating func add(_ label: Int, _ frame: Int) {
    tallies[label].frames += 1
    for index in current.indices {
      let order = AvailabilityScan.orders.lowerBound + index
      let block = frame >> order
      if current[index].block != block {
        closeBlock(index)
        current[index] = Current(block: block, label: label)
      } else if current[index].label != label {
        // Where the label is not new, neither is it in the larger blocks.
        if current[index].label == -1, tallies[label].lastBlock[index] == block { return }
        current[index].label = -1
      } else {
        return
      }
      if tallies[label].lastBlock[index] != block {
        tallies[label].lastBlock[index] = block
        if isWhole(block, order) { tallies[label].blocks[index] += 1 }
      }
    }
  }

  /// Counts a block that only one label lies in.
  private mutating func closeBlock(_ index: Int) {
    let last = current[index]
    let order = AvailabilityScan.orders.lowerBound + index
    guard last.label >= 0, isWhole(last.block, order) else { return }
    tallies[last.label].alone[index] += 1
  }

  private func isWhole(_ block: Int, _ order: Int) -> Bool {
    block << order >= range.start.index && (block + 1) << order <= range.end.index
  }

  func blockers(_ order: Order) -> [Blocker] {
    var whole = self
    let index = order.index - AvailabilityScan.orders.lowerBound
    whole.closeBlock(index)
    let found = whole.tallies.compactMap { tally -> Blocker? in
      let owner = Int(tally.label.owner)
      guard owner < names.count, !names[owner].isEmpty, tally.blocks[index] > 0,
        let kind = FrameState(rawValue: tally.label.state)
      else { return nil }
      return Blocker(
        kind: kind, owner: names[owner], frames: tally.frames, blocks: tally.blocks[index],
        blocksAlone: tally.alone[index])
    }
    return Blocker.worstFirst(found)
  }
}
