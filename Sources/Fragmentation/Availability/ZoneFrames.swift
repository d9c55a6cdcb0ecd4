import MemoryUnits

/// The frames of a zone in sums, from which with the blocks of an order the answer for it follows.
struct ZoneFrames {
  private let counts: [FrameState: UInt64]
  /// Free or held by a core.
  private let unused: UInt64
  /// Held by cores among the unknown frames.
  private let unplaced: UInt64
  private let clean: UInt64
  private let limits: LinuxLimits?

  init(_ counts: [FrameState: UInt64], unplaced: UInt64, _ limits: LinuxLimits?) {
    self.counts = counts
    unused = (counts[.free] ?? 0) + (counts[.heldByCore] ?? 0)
    clean = counts[.cleanFile] ?? 0
    self.unplaced = unplaced
    self.limits = limits
  }

  func availability(_ blocks: OrderBlocks, _ owners: BlockerOwners?) -> OrderAvailability {
    let shift = UInt64(blocks.order)
    var answer = OrderAvailability(Order(blocks.order))
    let now = blocks.count(within: .free)
    let ready = blocks.count(within: .unused)
    answer.blocks = blocks.count
    answer.now = now
    answer.held = ready - now
    answer.afterReclaim = blocks.count(within: .reclaimable)

    let sure = blocks.count(without: [.blocking, .unknown])
    let possible = blocks.count(without: .blocking)
    let freeAtMost = unused + unplaced
    answer.afterCompaction = BlockBounds(
      low: min(sure, unused >> shift), high: min(possible, freeAtMost >> shift))
    answer.afterBoth = BlockBounds(
      low: min(sure, (unused + clean) >> shift),
      high: min(possible, (freeAtMost + clean) >> shift))
    if let limits { answer.attainable = attainable(blocks, ready, limits) }

    answer.moves = MoveCurve(blocks.steps, limit: unused >> shift)
    if (counts[.unknown] ?? 0) > 0 {
      let all = MoveCurve(blocks.steps + blocks.unknownSteps, limit: freeAtMost >> shift)
      if all != answer.moves { answer.movesIfUnknownMoves = all }
    }
    answer.blocked = blocks.count - sure
    answer.blockers = blockers(blocks) + (owners?.blockers(Order(blocks.order)) ?? [])
    return answer
  }

  private func attainable(
    _ blocks: OrderBlocks, _ ready: UInt64, _ limits: LinuxLimits
  ) -> BlockBounds {
    // Compaction leaves pages of 2 MiB and more alone; emptying a range does not.
    let stays: FrameStates =
      blocks.order <= Order.maximum.index ? [.blocking, .huge] : .blocking
    func bound(_ free: UInt64, _ stays: FrameStates) -> UInt64 {
      limits.attainable(
        blocks.order, free: free, candidates: blocks.count(without: stays), ready: ready)
    }
    return BlockBounds(
      low: bound(unused, stays.union(.unknown)), high: bound(unused + unplaced, stays))
  }

  private func blockers(_ blocks: OrderBlocks) -> [Blocker] {
    let stays = FrameStates.blocking.union(.unknown)
    var found: [Blocker] = []
    for state in stays.states {
      var blocker = Blocker(kind: state, frames: counts[state] ?? 0, blocks: 0, blocksAlone: 0)
      let alone = FrameStates(state)
      for (states, count) in blocks.byStates where states.contains(alone) {
        blocker.blocks += count
        if states.intersection(stays) == alone { blocker.blocksAlone += count }
      }
      if blocker.blocks > 0 { found.append(blocker) }
    }
    return Blocker.worstFirst(found)
  }
}

extension Blocker {
  static func worstFirst(_ blockers: [Blocker]) -> [Blocker] {
    blockers.sorted { left, right in
      (right.blocks, right.frames, left.kind.rawValue, left.owner ?? "")
        < (left.blocks, left.frames, right.kind.rawValue, right.owner ?? "")
    }
  }
}
