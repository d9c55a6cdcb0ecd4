internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// A whole run of compaction (Linux: compact_zone).
  mutating func compact(_ run: inout CompactionRun) -> CompactionResult {
    begin(&run) ?? proceed(&run) ?? .contended
  }

  /// Sets the scanners to where they begin; a result where there is nothing to do or no use in it.
  mutating func begin(_ run: inout CompactionRun) -> CompactionResult? {
    if let order = run.order {
      let mark = memory.zone.watermarks.min
      let isDone =
        run.cause == .background
        ? isSupplied(order, leaving: mark) : hasBlock(order, leaving: mark)
      if isDone { return .success }
      guard isCompactionSuitable(order) else { return .skipped }
      if compaction.zone.deferral.isRestarting(order) { compaction.zone.forgetSkips() }
    }
    let zone = compaction.zone
    if run.isWhole {
      run.migrate = zone.start
      run.free = zone.lastBlock
    } else {
      run.migrate =
        run.mode == .async ? zone.migratePositions.async : zone.migratePositions.sync
      if run.migrate >= zone.end { run.migrate = zone.start }
      run.free = zone.freePosition
      run.isWhole = run.migrate <= zone.start
    }
    run.movesBothPositions =
      run.mode == .async && zone.migratePositions.async == zone.migratePositions.sync
    noteScored(&run)
    let order = run.order?.index
    note(.compactionBegins(order: order))
    return nil
  }

  /// Goes on until the run has ended, or nil once simulated time has reached `deadline`: it may go on
  /// later.
  mutating func proceed(
    _ run: inout CompactionRun, until deadline: UInt64 = .max
  ) -> CompactionResult? {
    while true {
      if let result = finished(run) { return end(&run, result) }
      guard elapsed < deadline else {
        releaseTargets(&run)
        count(&run)
        return nil
      }
      // The second look at a pageblock is the last.
      run.finishesBlock =
        run.lastMigrated.map {
          compaction.zone.block($0) == compaction.zone.block(run.migrate)
        } ?? false
      isolateSources(&run)
      if run.sources.isEmpty {
        if run.movesBothPositions { compaction.zone.joinPositions() }
      } else {
        run.movesBothPositions = false
        run.lastMigrated = compaction.zone.blockStart(run.migrate - 1)
        let hasMovedAll = moveSources(&run)
        if !hasMovedAll, !haveScannersMet(run) { return end(&run, .contended) }
        if run.cause == .direct, run.hasBlock { return end(&run, .success) }
      }
      drainBehind(&run)
    }
  }

  /// Moves the sources to free frames; false when those did not suffice.
  private mutating func moveSources(_ run: inout CompactionRun) -> Bool {
    var index = 0
    while index < run.sources.count {
      let source = run.sources[index]
      let order = Order(memory.frames.folioOrder(of: source))
      if order == .base, run.targetCount == 0 {
        isolateTargets(&run, run.sourceFrames - run.batch.frameCount)
      }
      if let target = order == .base ? takeTarget(&run) : takeTarget(order, &run) {
        run.batch.add(source, to: target, order)
      } else if order > .base {
        splitSource(index, &run)
        continue
      } else {
        break
      }
      index += 1
    }
    let count = run.batch.frameCount
    move(&run.batch)
    let failed = run.sourceFrames - count
    counters.pgmigrateFail &+= UInt64(failed)
    run.moved += count
    run.failed += failed
    note(.compactionMoved(pages: count, failed: failed))
    if let order = run.order { lookForBlock(order, index, &run) }
    run.sources.removeAll(keepingCapacity: true)
    run.sourceFrames = 0
    return failed == 0
  }

  /// Makes single pages of a folio for which there is no block; it goes from the sources if it cannot be
  /// split.
  private mutating func splitSource(_ index: Int, _ run: inout CompactionRun) {
    let head = run.sources[index]
    let frames = memory.frames.folioFrames(of: head)
    let isHuge = frames == Self.hugePages
    if let parts = splitFolio(head) {
      run.sources.replaceSubrange(index...index, with: parts)
      run.sourceFrames -= frames - parts.count
      if isHuge { counters.thpMigrationSplit &+= 1 }
    } else {
      run.sources.remove(at: index)
      run.sourceFrames -= frames
      counters.pgmigrateFail &+= UInt64(frames)
      if isHuge { counters.thpMigrationFail &+= 1 }
    }
  }

  /// Whether a block of the order has become free where pages have gone.
  private func lookForBlock(_ order: Order, _ count: Int, _ run: inout CompactionRun) {
    var last = -1
    for source in run.sources[..<count] where source.index >> order.index != last {
      last = source.index >> order.index
      if let free = freeBlock(containing: source.index), free >= order {
        run.hasBlock = true
        return
      }
    }
  }

  /// Once the scanner has left a block, what cores hold of it must come back, or the block would never
  /// be seen free (lru_add_drain_cpu_zone, drain_local_pages).
  private mutating func drainBehind(_ run: inout CompactionRun) {
    guard let block = run.lastMigrated else { return }
    let size = run.order?.frameCount ?? compaction.settings.pageblockOrder.frameCount
    guard block < run.migrate & -size || run.migrate == compaction.zone.end else { return }
    memory.zone.allocator.drain(core: currentCore)
    run.lastMigrated = nil
    guard let free = freeBlock(containing: block) else { return }
    if let order = run.order, free >= order { run.hasBlock = true }
    if run.cause == .proactive, free >= Self.scoredOrder { run.scoredBlocks += 1 }
  }

  private func haveScannersMet(_ run: CompactionRun) -> Bool {
    compaction.zone.block(run.free) <= compaction.zone.block(run.migrate)
  }

  /// Whether a run has come to its end (__compact_finished).
  private mutating func finished(_ run: CompactionRun) -> CompactionResult? {
    if haveScannersMet(run) {
      compaction.zone.resetPositions()
      if run.cause == .direct { compaction.zone.forgetsSkips = true }
      return run.isWhole ? .complete : .partialSkipped
    }
    if run.cause == .proactive {
      if isReclaimerRunning { return .partialSkipped }
      return isTidy(run) ? .success : nil
    }
    let size = compaction.settings.pageblockOrder.frameCount
    guard let order = run.order, run.migrate & (size - 1) == 0 else { return nil }
    let isDone =
      run.cause == .background && keepsWholeBlocks ? isSupplied(order, leaving: 0) : run.hasBlock
    return isDone ? .success : nil
  }

  /// Whether the score of the zone is at the low mark: free frames stay as they are in number, and the
  /// scanners count the blocks that they make.
  private func isTidy(_ run: CompactionRun) -> Bool {
    let free = memory.freeFrames
    let suitable = run.scoredBlocks << Self.scoredOrder.index
    return free == 0 || (free - suitable) * 100 / free <= scoreMarks.low
  }

  /// Counts the blocks that decide about the end of a proactive run.
  mutating func noteScored(_ run: inout CompactionRun) {
    guard run.cause == .proactive else { return }
    run.scoredBlocks = freeFrames(inBlocksOf: Self.scoredOrder) >> Self.scoredOrder.index
  }

  private mutating func end(
    _ run: inout CompactionRun, _ result: CompactionResult
  ) -> CompactionResult {
    releaseTargets(&run)
    count(&run)
    let order = run.order?.index
    note(.compactionEnds(order: order, result))
    return result
  }

  /// Adds what the scanners did to the counters.
  private mutating func count(_ run: inout CompactionRun) {
    counters.compactMigrateScanned &+= run.migrateScanned
    counters.compactFreeScanned &+= run.freeScanned
    counters.compactIsolated &+= run.isolated
    if run.cause == .background || run.cause == .proactive {
      counters.compactDaemonMigrateScanned &+= run.migrateScanned
      counters.compactDaemonFreeScanned &+= run.freeScanned
    }
    run.migrateScanned = 0
    run.freeScanned = 0
    run.isolated = 0
  }
}
