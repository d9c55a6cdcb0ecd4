internal import MemoryUnits
internal import PageFrames

/// The background reclaimer (Linux's kswapd): a daemon beside the simulated cores, with a clock of its
/// own that begins no pass ahead of the machine's.
struct BackgroundReclaimer: Sendable {
  /// Until when it has worked, simulated ns.
  var time: UInt64 = 0
  /// Whether the event log knows it as awake.
  var isAwake = false
  /// 12 ... 1; one list in 2^priority is looked at in a pass.
  var priority = ReclaimControl.firstPriority
  /// The largest order that it was woken for since it slept, and the frames that it has yet to reclaim
  /// for it before compaction is to take over (Linux: kswapd_order, compact_gap).
  var order = Order.base
  var gap = 0
  /// Whether anything was freed since the priority was highest.
  var hasFreed = false
  /// Runs down to the last priority that freed nothing; at 16 it gives up until others free something
  /// (Linux: kswapd_failures).
  var failures = 0
  /// The group at which the next direct reclaim begins.
  var nextGroup = 0
  /// The boost of the watermarks that it was woken for, and what is left of it to reclaim.
  var takenBoost = 0
  var boost = 0
  /// When the allocator is told of the next second.
  var nextTick: UInt64 = Self.second

  /// The interval of vmstat updates (vm.stat_interval).
  static var second: UInt64 { 1_000_000_000 }
}

extension Machine {
  /// The part of the machine's time that the kernel knows, as it is noted for what happens now. What
  /// a daemon does while it catches up with the machine is noted with the machine's time: stamps never
  /// fall.
  var stamp: UInt64 { daemonTime ?? elapsed }

  /// Wakes the background reclaimer if an allocation of `order` leaves less than low, or finds no block
  /// although there is memory: it then reclaims a little and leaves the rest to compaction.
  mutating func wakeReclaimer(for order: Order) {
    let isWoken = memory.zone.noteBelowLow(order)
    let order = daemonOrder(order)
    if order > reclaimer.order, !keepsWholeBlocks || !isSupplied(order, leaving: 0) {
      // Where there is nothing to reclaim, compaction is what remains.
      if reclaimer.failures >= Self.fruitlessRounds { return wakeCompactor(for: order) }
      reclaimer.order = order
      reclaimer.gap = Self.compactionGap(order)
    } else if !isWoken {
      return
    }
    guard isWoken || !reclaimer.isAwake else { return }
    if reclaimer.isAwake { note(.reclaimerSleeps) }
    reclaimer.isAwake = true
    reclaimer.time = max(reclaimer.time, elapsed)
    counters.kswapdWakeups &+= 1
    note(.reclaimerWoken)
  }

  /// Whether the background reclaimer is at work: neither asleep nor at its wits' end (kswapd_is_running).
  var isReclaimerRunning: Bool {
    reclaimer.isAwake && reclaimer.failures < Self.fruitlessRounds
  }

  /// Lets the background reclaimer work for the time since its last turn, until the zone is at high.
  mutating func runReclaimer() {
    if keepsPageblocks { tellTime() }
    guard reclaimer.isAwake, reclaimer.time < elapsed, daemonTime == nil else { return }
    let now = elapsed
    elapsed = reclaimer.time
    daemonTime = now
    while memory.zone.isReclaimerAwake || reclaimer.gap > 0, elapsed < now,
      reclaimer.failures < Self.fruitlessRounds
    {
      var control = ReclaimControl(.background, target: Self.batch)
      control.priority = reclaimer.priority
      control.sparesAnonymous =
        reclaimer.boost > 0 && memory.zone.listedFrames >= memory.zone.watermarks.high
      pass(&control)
      if control.sparesAnonymous {
        reclaimer.boost -= control.reclaimed
        // Without progress it is not worth more (balance_pgdat).
        if control.reclaimed == 0 || reclaimer.boost <= 0 { takeBoostBack() }
        continue
      }
      if control.reclaimed > 0 {
        reclaimer.hasFreed = true
        reclaimer.failures = 0
        reclaimer.gap = max(reclaimer.gap - control.reclaimed, 0)
        if keepsWholeBlocks, isSupplied(reclaimer.order, leaving: 0) { reclaimer.gap = 0 }
        continue
      }
      reclaimer.priority -= 1
      guard reclaimer.priority < 1 else { continue }
      reclaimer.gap = 0
      if !reclaimer.hasFreed { reclaimer.failures += 1 }
      reclaimer.priority = ReclaimControl.firstPriority
      reclaimer.hasFreed = false
    }
    if !memory.zone.isReclaimerAwake, reclaimer.takenBoost > 0 { takeBoostBack() }
    if !memory.zone.isReclaimerAwake, reclaimer.gap == 0 {
      reclaimer.isAwake = false
      reclaimer.priority = ReclaimControl.firstPriority
      reclaimer.hasFreed = false
      note(.reclaimerSleeps)
      if compaction.zone.forgetsSkips { compaction.zone.forgetSkips() }
    }
    if !isReclaimerRunning { handToCompactor() }
    reclaimer.time = max(elapsed, now)
    elapsed = now
    daemonTime = nil
  }

  /// Leaves the order that kswapd was woken for to kcompactd (kswapd_try_to_sleep).
  private mutating func handToCompactor() {
    guard reclaimer.order > .base else { return }
    wakeCompactor(for: reclaimer.order)
    reclaimer.order = .base
    reclaimer.gap = 0
  }
}
