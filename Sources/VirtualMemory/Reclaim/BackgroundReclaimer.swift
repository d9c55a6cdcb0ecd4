internal import MemoryUnits
internal import PageFrames

/// The background reclaimer (Linux's kswapd): a daemon beside the simulated cores, with a clock of its
/// own that begins no pass ahead of the machine's.
struct BackgroundReclaimer: Sendable {
  /// Until when it has worked, simulated ns.
  var time: UInt64 = 0
  /// The machine's time while kswapd works and `Machine.elapsed` is its own; nil at all other times.
  var machineTime: UInt64?
  /// Whether the event log knows it as awake.
  var isAwake = false
  /// 12 ... 1; one list in 2^priority is looked at in a pass.
  var priority = ReclaimControl.firstPriority
  /// Whether anything was freed since the priority was highest.
  var hasFreed = false
  /// Runs down to the last priority that freed nothing; at 16 it gives up until others free something
  /// (Linux: kswapd_failures).
  var failures = 0
  /// The group at which the next direct reclaim begins.
  var nextGroup = 0
}

extension Machine {
  /// The part of the machine's time that the kernel knows, as it is noted for what happens now. What
  /// kswapd does while it catches up with the machine is noted with the machine's time: stamps never
  /// fall.
  var stamp: UInt64 { reclaimer.machineTime ?? elapsed }

  /// Wakes the background reclaimer if an allocation of `order` leaves less than low.
  mutating func wakeReclaimer(for order: Order) {
    guard memory.zone.noteBelowLow(order) else { return }
    if reclaimer.isAwake { note(.reclaimerSleeps) }
    reclaimer.isAwake = true
    reclaimer.time = max(reclaimer.time, elapsed)
    counters.kswapdWakeups &+= 1
    note(.reclaimerWoken)
  }

  /// Lets the background reclaimer work for the time since its last turn, until the zone is at high.
  mutating func runReclaimer() {
    guard reclaimer.isAwake, reclaimer.time < elapsed else { return }
    let now = elapsed
    elapsed = reclaimer.time
    reclaimer.machineTime = now
    while memory.zone.isReclaimerAwake, elapsed < now,
      reclaimer.failures < Self.fruitlessRounds
    {
      var control = ReclaimControl(.background, target: Self.batch)
      control.priority = reclaimer.priority
      pass(&control)
      if control.reclaimed > 0 {
        reclaimer.hasFreed = true
        reclaimer.failures = 0
        continue
      }
      reclaimer.priority -= 1
      guard reclaimer.priority < 1 else { continue }
      if !reclaimer.hasFreed { reclaimer.failures += 1 }
      reclaimer.priority = ReclaimControl.firstPriority
      reclaimer.hasFreed = false
    }
    if !memory.zone.isReclaimerAwake {
      reclaimer.isAwake = false
      reclaimer.priority = ReclaimControl.firstPriority
      reclaimer.hasFreed = false
      note(.reclaimerSleeps)
    }
    reclaimer.time = max(elapsed, now)
    elapsed = now
    reclaimer.machineTime = nil
  }
}
