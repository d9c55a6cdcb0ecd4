internal import MemoryUnits
public import PageFrames

extension Machine {
  /// The way of an allocation that would leave less than low, or finds no block (Linux's slow path).
  /// Nobody goes below min: what is left there is for the kernel.
  ///
  /// 1. The background reclaimer is woken, and the daemons get their turn.
  /// 2. Of pages that cannot move, those that can make room where the allocator wants them to
  ///    (`FrameAllocator.growth`); no kernel does this.
  /// 3. Large blocks, and smaller ones of pages that cannot move, are compacted for at once: no reclaim
  ///    makes them better.
  /// 4. Rounds of reclaim in batches of 32 and of compaction, which tries harder after each failure,
  ///    until 16 rounds have brought nothing. A large block has one round, unless it was asked for with
  ///    more effort.
  @inline(never)
  mutating func allocateUnderPressure(
    _ order: Order, _ owner: FrameOwner, _ frameClass: FrameClass, _ effort: AllocationEffort
  ) -> FrameNumber? {
    if effort.contains(.wakesReclaimer) {
      wakeReclaimer(for: order)
      runReclaimer()
      runCompactor()
    }
    if let frame = allocate(order, owner, frameClass, leaving: memory.zone.watermarks.min) {
      return frame
    }
    if frameClass != .movable, effort.contains(.direct),
      let frame = allocateByMakingRoom(order, owner, frameClass)
    {
      return frame
    }
    memory.zone.noteBelowMin(order)
    if effort.contains(.direct),
      let frame = allocateDirectly(order, owner, frameClass, effort)
    {
      return frame
    }
    // Reclaim and compaction could not keep types apart (defrag_mode).
    if let frame = allocate(
      order, owner, frameClass, leaving: memory.zone.watermarks.min,
      flags: [.wakesReclaimer, .mayFragment])
    {
      return frame
    }
    memory.zone.noteRefusal(order)
    // A large block may be missing although there is memory: nobody is killed for that.
    if order == .base { refusals &+= 1 }
    exhaustedGroup = nil
    return nil
  }

  /// Step 2: for a block larger than a pageblock, several times.
  private mutating func allocateByMakingRoom(
    _ order: Order, _ owner: FrameOwner, _ frameClass: FrameClass
  ) -> FrameNumber? {
    for _ in 0..<4 {
      guard let range = memory.zone.allocator.growth(for: frameClass),
        allocateContiguous(range) == .claimed
      else { return nil }
      memory.release(range)
      if let frame = allocate(order, owner, frameClass, leaving: memory.zone.watermarks.min) {
        return frame
      }
    }
    return nil
  }

  /// Steps 3 and 4.
  private mutating func allocateDirectly(
    _ order: Order, _ owner: FrameOwner, _ frameClass: FrameClass, _ effort: AllocationEffort
  ) -> FrameNumber? {
    let isCostly = order > Self.costlyOrder
    var priority = CompactionPriority.syncLight
    if isCostly || order > .base && frameClass != .movable {
      let first = allocateByCompaction(order, owner, frameClass, .async)
      if let frame = first.frame { return frame }
      if isCostly, effort.contains(.noRetry) {
        if first.result == .skipped || first.result == .deferred { return nil }
        priority = .async
      }
    }
    var failures = 0
    while failures < Self.fruitlessRounds {
      let reclaimed = reclaimDirectly(order)
      // What was freed may lie in cores' lists or in reserves (__alloc_pages_direct_reclaim).
      if let frame = allocate(
        order, owner, frameClass, leaving: memory.zone.watermarks.min,
        flags: [.wakesReclaimer, .lastResort])
      {
        return frame
      }
      var compacted = CompactionResult.skipped
      if order > .base {
        let attempt = allocateByCompaction(order, owner, frameClass, priority)
        if let frame = attempt.frame { return frame }
        compacted = attempt.result
      }
      if effort.contains(.noRetry) || isCostly && !effort.contains(.retryMayFail) { return nil }
      let isRetried = priority < .highest(for: order) && compacted != .skipped
      if isRetried {
        priority = CompactionPriority(rawValue: priority.rawValue + 1) ?? priority
      } else if reclaimed.scanned == 0 {
        return nil
      }
      // Progress is worth another round unless the block is large (should_reclaim_retry).
      failures = reclaimed.reclaimed > 0 && !isCostly ? 0 : failures + 1
      // They go on while this caller reclaims, and a boost of the marks ends only when they are done.
      runReclaimer()
      runCompactor()
    }
    return nil
  }

  /// MAX_RECLAIM_RETRIES
  static var fruitlessRounds: Int { 16 }

  /// Reclaims one batch for whoever needs a block now. For a large one, so much that compaction has room
  /// to work, and nothing where it has (compaction_ready, should_continue_reclaim).
  private mutating func reclaimDirectly(_ order: Order) -> (reclaimed: Int, scanned: Int) {
    counters.allocstall &+= 1
    var target = max(Self.batch, order.frameCount)
    if order > Self.costlyOrder {
      let missing =
        memory.zone.watermarks.high + Self.compactionGap(order) - memory.freeFrames
      guard missing > 0 else { return (1, 1) }
      target = max(Self.batch, min(missing, Self.compactionGap(order)))
    }
    var control = ReclaimControl(.direct, target: target)
    reclaim(&control)
    memory.zone.noteDirectReclaim(order, freed: control.reclaimed)
    note(.directReclaim(freed: control.reclaimed))
    if control.reclaimed > 0 { reclaimer.failures = 0 }
    return (control.reclaimed, control.scanned)
  }

  /// SWAP_CLUSTER_MAX
  static var batch: Int { 32 }

  /// Sets the zone's watermarks, with effect at once: the background reclaimer wakes or goes to sleep.
  public mutating func setWatermarks(_ watermarks: Watermarks) {
    memory.zone.watermarks = watermarks
    if memory.freeFrames < watermarks.low {
      wakeReclaimer(for: .base)
    } else if memory.zone.isReclaimerAwake {
      memory.zone.noteFreed()
    }
  }

  /// Writes vm.min_free_kbytes: the watermarks follow from it.
  public mutating func setMinFreeKilobytes(_ kilobytes: Int) {
    setWatermarks(
      ZoneSettings(minFreeKilobytes: kilobytes).watermarks(managed: configuration.frameCount))
  }
}
