internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// Tells an allocator that keeps pageblocks of the seconds that have passed, and looks whether types
  /// have mixed.
  mutating func tellTime() {
    guard daemonTime == nil else { return }
    if elapsed >= reclaimer.nextTick {
      // After a hundred ticks without a request nothing changes any more.
      let missed = (elapsed - reclaimer.nextTick) / BackgroundReclaimer.second + 1
      reclaimer.nextTick += missed * BackgroundReclaimer.second
      for _ in 0..<min(missed, 100) { memory.zone.allocator.tick() }
    }
    if memory.zone.allocator.takeBoostSignal() { wakeForBoost() }
  }

  /// Wakes the background reclaimer because a pageblock was mixed: it is to reclaim as much as the marks
  /// were lifted by, so that the next request finds a pageblock of its own.
  private mutating func wakeForBoost() {
    let boost = memory.zone.allocator.watermarkBoost
    reclaimer.boost += boost - reclaimer.takenBoost
    reclaimer.takenBoost = boost
    guard memory.zone.noteBoost() else { return }
    if !reclaimer.isAwake {
      reclaimer.isAwake = true
      reclaimer.time = max(reclaimer.time, elapsed)
      counters.kswapdWakeups &+= 1
      note(.reclaimerWoken)
    }
  }

  /// Lowers the marks by the boost that was reclaimed for, and leaves whole pageblocks to kcompactd.
  mutating func takeBoostBack() {
    memory.zone.allocator.watermarkBoost -= reclaimer.takenBoost
    reclaimer.takenBoost = 0
    reclaimer.boost = 0
    reclaimer.order = max(reclaimer.order, compaction.settings.pageblockOrder)
    if memory.zone.isReclaimerAwake { memory.zone.noteFreed() }
  }
}
