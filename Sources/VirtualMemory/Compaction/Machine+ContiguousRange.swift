package import MemoryUnits
internal import PageFrames

/// What became of the wish for exactly these frames.
package enum ContiguousOutcome: Equatable {
  case claimed
  /// A frame that did not move, and why.
  case blocked(FrameNumber, Machine.MoveOutcome)
}

extension Machine {
  /// Takes exactly these frames, moving every page in them elsewhere (Linux: alloc_contig_range). They
  /// belong to nobody then, in the largest aligned blocks that fit, and `memory.release` gives them
  /// back. When something is in the way all are as they were, but for pages that moved.
  ///
  /// Frames outside give way for the pages, reclaimed if need be and allowed. Locked pages move, pinned
  /// ones do not.
  package mutating func allocateContiguous(
    _ range: FrameRange, reclaims: Bool = true
  ) -> ContiguousOutcome {
    for core in cores.indices { memory.zone.allocator.drain(core: core) }
    var taken = ContiguousAllocation(range)
    while true {
      // Again after every round: reclaim frees frames in the range, too.
      takeFree(&taken)
      if taken.count == range.count { return finish(taken) }
      guard let obstacle = moveOut(&taken) else { continue }
      guard obstacle.reason == .noFrame, reclaims, reclaimForMoves() else {
        return giveUp(taken, obstacle)
      }
    }
  }

  /// Reclaims a batch of pages, from wherever; false when there is nothing to be had.
  private mutating func reclaimForMoves() -> Bool {
    var control = ReclaimControl(.direct, target: Self.batch)
    reclaim(&control)
    note(.directReclaim(freed: control.reclaimed))
    return control.reclaimed > 0
  }

  /// Claims every free frame of the range, so that no page moves to it.
  private mutating func takeFree(_ taken: inout ContiguousAllocation) {
    var frame = taken.range.start.index
    let end = taken.range.end.index
    while frame < end {
      guard let order = freeBlock(containing: frame) else {
        frame += 1
        continue
      }
      let next = min((frame >> order.index + 1) << order.index, end)
      let part = FrameRange(start: FrameNumber(frame), count: next - frame)
      if memory.zone.allocator.claim(part) { taken.add(part) }
      frame = next
    }
  }

  /// Moves the pages of the range out, in batches; what did not move, if anything did not.
  private mutating func moveOut(
    _ taken: inout ContiguousAllocation
  ) -> (frame: FrameNumber, reason: MoveOutcome)? {
    var batch = MoveBatch()
    var obstacle: (frame: FrameNumber, reason: MoveOutcome)?
    var index = taken.range.start.index
    while index < taken.range.end.index {
      let frame = FrameNumber(index)
      guard !taken.has(index) else {
        index += 1
        continue
      }
      if let refusal = refusal(frame, movesLocked: true) {
        obstacle = (frame, refusal)
        break
      }
      let head = memory.frames.head(of: frame)
      let order = Order(memory.frames.folioOrder(of: frame))
      guard let target = takeTarget(&taken, order) else {
        // Its frames find room one by one; those that nobody maps are free then.
        if order > .base, splitFolio(head) != nil {
          if order == .huge { counters.thpMigrationSplit &+= 1 }
          break
        }
        obstacle = (frame, .noFrame)
        break
      }
      batch.add(head, to: target, order)
      index = head.index + order.frameCount
      if batch.frameCount >= Self.compactionBatch { settle(&batch, &taken) }
    }
    settle(&batch, &taken)
    if let obstacle {
      let order = memory.frames.folioOrder(of: obstacle.frame)
      counters.pgmigrateFail &+= 1 << UInt64(order)
      if order == Order.huge.index { counters.thpMigrationFail &+= 1 }
    }
    return obstacle
  }

  /// Frames outside of the range. No page of a batch that waits may be reclaimed for them, so there is no
  /// reclaim here.
  private mutating func takeTarget(
    _ taken: inout ContiguousAllocation, _ order: Order
  ) -> FrameNumber? {
    let owner = FrameOwner(state: .movable)
    while let frame = allocate(order, owner, .movable, leaving: memory.zone.watermarks.min) {
      let block = FrameRange(start: frame, count: order.frameCount)
      if !taken.keep(block, releasing: { memory.release($0) }) { return frame }
    }
    return nil
  }

  private mutating func settle(_ batch: inout MoveBatch, _ taken: inout ContiguousAllocation) {
    let sources = batch.pages.map { FrameRange(start: $0.source, count: $0.order.frameCount) }
    move(&batch, keepsSources: true)
    for source in sources { _ = taken.keep(source) { memory.release($0) } }
  }

  /// The frames were taken one by one; from here on they are blocks.
  private mutating func finish(_ taken: ContiguousAllocation) -> ContiguousOutcome {
    memory.zone.allocator.release(taken.range)
    guard memory.zone.allocator.claim(taken.range) else {
      fatalError("frames that were released are not free: \(taken.range.start.index)")
    }
    return .claimed
  }

  private mutating func giveUp(
    _ taken: ContiguousAllocation, _ obstacle: (frame: FrameNumber, reason: MoveOutcome)
  ) -> ContiguousOutcome {
    taken.forEachRun { memory.release($0) }
    return .blocked(obstacle.frame, obstacle.reason)
  }
}

/// The frames of a range that were taken so far.
private struct ContiguousAllocation {
  let range: FrameRange
  private(set) var count = 0
  private var isTaken: [Bool]

  init(_ range: FrameRange) {
    self.range = range
    isTaken = Array(repeating: false, count: range.count)
  }

  func has(_ frame: Int) -> Bool { isTaken[frame - range.start.index] }

  /// Adds the frames of a block that lie in the range and gives back the others; false, and nothing is
  /// done, when none does.
  mutating func keep(_ block: FrameRange, releasing release: (FrameRange) -> Void) -> Bool {
    let first = max(block.start.index, range.start.index)
    let end = min(block.end.index, range.end.index)
    guard first < end else { return false }
    add(FrameRange(start: FrameNumber(first), count: end - first))
    for (start, end) in [(block.start.index, first), (end, block.end.index)] where start < end {
      release(FrameRange(start: FrameNumber(start), count: end - start))
    }
    return true
  }

  mutating func add(_ part: FrameRange) {
    count += part.count
    let first = part.start.index - range.start.index
    for frame in first..<first + part.count { isTaken[frame] = true }
  }

  func forEachRun(_ body: (FrameRange) -> Void) {
    var frame = 0
    while frame < isTaken.count {
      guard isTaken[frame] else {
        frame += 1
        continue
      }
      let start = frame
      while frame < isTaken.count, isTaken[frame] { frame += 1 }
      body(FrameRange(start: range.start.advanced(by: start), count: frame - start))
    }
  }
}
