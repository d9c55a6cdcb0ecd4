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
  /// Where scanners meet at least, and at most.
  private let meetings: (low: ScannerMeeting, high: ScannerMeeting)

  init(
    _ counts: [FrameState: UInt64], unplaced: UInt64, _ limits: LinuxLimits?,
    _ scan: AvailabilityScan
  ) {
    self.counts = counts
    meetings = (
      ScannerMeeting(scan, .whole), ScannerMeeting(scan, .most, further: Int(unplaced))
    )
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
    func bound(_ free: UInt64, _ candidates: UInt64) -> UInt64 {
      limits.attainable(blocks.order, free: free, candidates: candidates, ready: ready)
    }
    let sure = blocks.count(without: [.blocking, .unknown])
    let possible = blocks.count(without: .blocking)
    guard blocks.order <= Order.maximum.index else {
      return BlockBounds(low: bound(unused, sure), high: bound(unused + unplaced, possible))
    }
    let low = meetings.low.freed(blocks, candidates: blocks.count(without: ScannerMeeting.staying))
    let high = meetings.high.freed(
      blocks, candidates: blocks.count(without: [.blocking, .huge]))
    return BlockBounds(low: bound(unused, low), high: bound(unused + unplaced, max(low, high)))
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
