internal import MemoryUnits
internal import PageFrames

/// The background compactor (Linux's kcompactd): a daemon beside the simulated cores, with a clock of
/// its own that begins no batch of pages ahead of the machine's.
struct BackgroundCompactor: Sendable {
  /// Until when it has worked, simulated ns.
  var time: UInt64 = 0
  /// The largest order that it was woken for; nil while nobody wants anything.
  var order: Order?
  /// The run that it is at.
  var run: CompactionRun?
  /// The score when a proactive run began.
  var scoreBefore = 0
  /// When it looks at the score next.
  var nextLook: UInt64 = Self.interval
  /// Somebody has written vm.compaction_proactiveness: it looks at once.
  var isTriggered = false
  /// Before this time it has nothing to do.
  private(set) var nextTurn: UInt64 = Self.interval

  /// Sets `nextTurn` after a change of the others.
  mutating func plan() {
    nextTurn = order != nil || run != nil || isTriggered ? time : nextLook
  }

  /// HPAGE_FRAG_CHECK_INTERVAL_MSEC
  static var interval: UInt64 { 500_000_000 }
}

extension Machine {
  /// Wakes the background compactor for a block of an order (Linux: wakeup_kcompactd), unless such a
  /// block is there or compaction is of no use now.
  mutating func wakeCompactor(for order: Order) {
    guard order > .base, !isSupplied(order, leaving: memory.zone.watermarks.min),
      isCompactionSuitable(order)
    else { return }
    if compaction.daemon.order == nil, compaction.daemon.run == nil {
      compaction.daemon.time = max(compaction.daemon.time, elapsed)
    }
    compaction.daemon.order = max(compaction.daemon.order ?? .base, order)
    compaction.daemon.plan()
    note(.compactorWoken(order: order.index))
  }

  /// Lets the background compactor work for the time since its last turn: for the order that it was
  /// woken for, else ahead of need where the score is due and asks for it (kcompactd).
  @inline(__always)
  mutating func runCompactor() {
    if elapsed >= compaction.daemon.nextTurn { compactInBackground() }
  }

  @inline(never)
  private mutating func compactInBackground() {
    // Not while kswapd or another daemon has the clock.
    guard daemonTime == nil, compaction.daemon.time <= elapsed else { return }
    let now = elapsed
    daemonTime = now
    while let start = nextBackgroundRun(now) {
      elapsed = max(compaction.daemon.time, start)
      guard var run = compaction.daemon.run else { break }
      compaction.daemon.run = nil
      let result = proceed(&run, until: now)
      compaction.daemon.time = elapsed
      guard let result else {
        compaction.daemon.run = run
        break
      }
      settle(run, result)
    }
    elapsed = now
    daemonTime = nil
    compaction.daemon.plan()
  }

  /// Begins the next run that is due, or goes on with the one that is under way; when it may work, or nil
  /// when there is nothing to do.
  private mutating func nextBackgroundRun(_ now: UInt64) -> UInt64? {
    let time = compaction.daemon.time
    if compaction.daemon.run != nil {
      if let run = compaction.daemon.run, run.cause == .proactive { recount(run) }
      return time < now ? time : nil
    }
    while let order = compaction.daemon.order {
      guard time < now else { return nil }
      compaction.daemon.order = nil
      counters.compactDaemonWake &+= 1
      if compaction.zone.deferral.defers(order) { continue }
      var run = CompactionRun(.background, .syncLight, order)
      guard begin(&run) == nil else { continue }
      compaction.daemon.run = run
      return time
    }
    guard compaction.daemon.nextLook < now || compaction.daemon.isTriggered else { return nil }
    return beginProactiveRun(now)
  }

  /// Looks at the score, as the poll every 500 ms does, and begins a run where it is too high
  /// (should_proactive_compact_node). Nothing has changed between the first poll that was missed and
  /// now, so that the first decides.
  private mutating func beginProactiveRun(_ now: UInt64) -> UInt64? {
    let look = compaction.daemon.isTriggered ? now : compaction.daemon.nextLook
    let interval = BackgroundCompactor.interval
    compaction.daemon.isTriggered = false
    compaction.daemon.nextLook = look + ((now - look) / interval + 1) * interval
    guard compaction.settings.compactionProactiveness > 0, !isReclaimerRunning else { return nil }
    let score = fragmentationScore
    guard score > scoreMarks.high else { return nil }
    compaction.daemon.scoreBefore = score
    var run = CompactionRun(.proactive, .syncLight, nil, isWhole: true)
    _ = begin(&run)
    compaction.daemon.run = run
    // It has slept until it looked.
    compaction.daemon.time = max(compaction.daemon.time, look)
    return look
  }

  private mutating func recount(_ run: CompactionRun) {
    var run = run
    noteScored(&run)
    compaction.daemon.run = run
  }

  /// What the daemon makes of the end of a run.
  private mutating func settle(_ run: CompactionRun, _ result: CompactionResult) {
    if run.cause == .background, let order = run.order {
      if result == .success {
        compaction.zone.deferral.noteSuccess(order, isAllocated: false)
      } else if result.isFailure {
        compaction.zone.deferral.noteFailure(order)
      }
    } else if run.cause == .proactive {
      // Without progress the next look is after 2^6 intervals.
      let hasProgress = fragmentationScore < compaction.daemon.scoreBefore
      let shift = hasProgress ? 0 : CompactionDeferral.maximumShift
      compaction.daemon.nextLook = elapsed + BackgroundCompactor.interval << UInt64(shift)
    }
    if compaction.daemon.order == nil { note(.compactorSleeps) }
  }
}
