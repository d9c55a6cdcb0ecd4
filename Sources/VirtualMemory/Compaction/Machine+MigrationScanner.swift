internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// COMPACT_CLUSTER_MAX
  static var compactionBatch: Int { 32 }

  /// Looks through the next pageblock that may have pages to move, and notes them as the sources
  /// (Linux: isolate_migratepages; its search for blocks with few pages is left out).
  mutating func isolateSources(_ run: inout CompactionRun) {
    while compaction.zone.blockEnd(run.migrate) <= run.free {
      let end = compaction.zone.blockEnd(run.migrate)
      let isFresh = run.migrate == compaction.zone.blockStart(run.migrate)
      if isFresh, !run.ignoresSkips, compaction.zone.skips(run.migrate) {
        run.migrate = end
        continue
      }
      guard isSource(pageblock: run.migrate, run) else {
        compaction.zone.advanceMigration(to: end, run.mode)
        run.migrate = end
        continue
      }
      return isolateUsed(run.migrate..<end, &run)
    }
  }

  /// Whether pages are moved out of a pageblock (suitable_migration_source): asynchronous direct
  /// compaction tidies only those of the class that it wants a block of.
  private func isSource(pageblock frame: Int, _ run: CompactionRun) -> Bool {
    guard run.mode == .async, run.cause == .direct else { return true }
    return pageblockClass(frame) ?? run.frameClass == run.frameClass
  }

  /// Notes the pages of a part of a pageblock that can move, up to a batch
  /// (isolate_migratepages_block). Asynchronous direct compaction leaves a block of the wanted order as
  /// soon as one page of it cannot.
  private mutating func isolateUsed(_ frames: Range<Int>, _ run: inout CompactionRun) {
    let movesLocked = compaction.settings.compactUnevictableAllowed
    let leaves = run.mode == .async && run.cause == .direct ? run.order : nil
    var frame = frames.lowerBound
    // Behind the block of the wanted order that is being looked at, and where its sources begin.
    var blockEnd = leaves.map { (frame >> $0.index + 1) << $0.index } ?? .max
    var first = 0
    while frame < frames.upperBound {
      if frame >= blockEnd, let order = leaves {
        if !run.sources.isEmpty { break }
        blockEnd = (frame >> order.index + 1) << order.index
        first = 0
      }
      run.migrateScanned &+= 1
      let number = FrameNumber(frame)
      if !isUserPage(number), let order = freeBlock(containing: frame) {
        frame = min((frame >> order.index + 1) << order.index, frames.upperBound)
        continue
      }
      if memory.frames.isInFolio(number) {
        let count = memory.frames.folioFrames(of: number)
        let end = memory.frames.head(of: number).index + count
        if mayMoveFolio(number, run, movesLocked) {
          run.sources.append(number)
          run.sourceFrames += count
          frame = end
          if run.sourceFrames >= Self.compactionBatch, !run.finishesBlock { break }
          continue
        }
        if leaves != nil { drop(&run, from: first) }
        frame = min(leaves == nil ? end : max(end, blockEnd), frames.upperBound)
        continue
      }
      frame &+= 1
      if mayMove(number, movesLocked) {
        run.sources.append(number)
        run.sourceFrames &+= 1
        if run.sourceFrames >= Self.compactionBatch, !run.finishesBlock { break }
      } else if leaves != nil {
        drop(&run, from: first)
        frame = min(blockEnd, frames.upperBound)
      }
    }
    elapsed += costs.scanFrame * UInt64(frame - frames.lowerBound)
    run.isolated &+= UInt64(run.sourceFrames)
    run.migrate = frame
    if frame == frames.upperBound, run.sources.isEmpty || run.finishesBlock {
      if !run.ignoresSkips { compaction.zone.setSkip(frames.lowerBound) }
      compaction.zone.advanceMigration(to: frame, run.mode)
    }
  }

  /// Lets the sources of a block be in which something stays.
  private func drop(_ run: inout CompactionRun, from first: Int) {
    for source in run.sources[first...] {
      run.sourceFrames -= memory.frames.folioFrames(of: source)
    }
    run.sources.removeSubrange(first...)
  }

  /// Whether a folio moves: not one as large as what is wanted or as a pageblock
  /// (skip_isolation_on_order).
  private mutating func mayMoveFolio(
    _ head: FrameNumber, _ run: CompactionRun, _ movesLocked: Bool
  ) -> Bool {
    let order = Order(memory.frames.folioOrder(of: head))
    let limit = compaction.settings.pageblockOrder
    guard order < min(run.order ?? limit, limit), head == memory.frames.head(of: head) else {
      return false
    }
    return refusal(head, movesLocked: movesLocked) == nil
  }

  /// Whether a frame holds a page of a user, and no stale descriptor of one: what goes has no references.
  @inline(__always)
  func isUserPage(_ frame: FrameNumber) -> Bool {
    memory.frames.has(.lru, frame) && memory.frames.references(to: frame) > 0
  }

  /// Whether a frame holds a page that can move: the same as `refusal`, in the order of least cost.
  @inline(__always)
  private mutating func mayMove(_ frame: FrameNumber, _ movesLocked: Bool) -> Bool {
    guard isUserPage(frame) else { return false }
    let flags = memory.frames.flags(of: frame)
    let state = memory.frames.state(of: frame)
    guard state == .movable || state == .fileCache else { return false }
    let isCached = state == .fileCache || flags.contains(.swapCache)
    guard
      memory.frames.references(to: frame)
        == memory.frames.mappings(of: frame) &+ (isCached ? 1 : 0)
    else { return false }
    return movesLocked || !flags.contains(.unevictable) && !isMappedLocked(frame)
  }
}
