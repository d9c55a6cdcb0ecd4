internal import MemoryUnits
public import PageFrames

extension Machine {
  /// The way of an allocation that would leave less than low: wakes the background reclaimer, gives it
  /// its turn, and below min reclaims by itself in batches of 32 until that helps (Linux's slow path:
  /// 16 rounds without progress end it). Nobody goes below min: what is left there is for the kernel.
  @inline(never)
  mutating func allocateUnderPressure(
    _ order: Order, _ owner: FrameOwner, _ frameClass: FrameClass, _ effort: AllocationEffort
  ) -> FrameNumber? {
    if effort.contains(.wakesReclaimer) {
      wakeReclaimer(for: order)
      runReclaimer()
    }
    if let frame = allocate(order, owner, frameClass, leaving: memory.zone.watermarks.min) {
      return frame
    }
    memory.zone.noteBelowMin(order)
    guard effort.contains(.direct) else {
      memory.zone.noteRefusal(order)
      return nil
    }
    var failures = 0
    while failures < Self.fruitlessRounds {
      let result = reclaimDirectly(order)
      if let frame = allocate(order, owner, frameClass, leaving: memory.zone.watermarks.min) {
        return frame
      }
      // Blocks do not grow by reclaim alone: a large order does not empty memory.
      if result.scanned == 0 || order > Order(3) || effort.contains(.noRetry) { break }
      failures = result.reclaimed == 0 || order > .base ? failures + 1 : 0
    }
    memory.zone.noteRefusal(order)
    // A large block may be missing although there is memory: nobody is killed for that.
    if order == .base { refusals &+= 1 }
    exhaustedGroup = nil
    return nil
  }

  /// MAX_RECLAIM_RETRIES
  static var fruitlessRounds: Int { 16 }

  /// Reclaims one batch for whoever needs a frame now.
  private mutating func reclaimDirectly(_ order: Order) -> (reclaimed: Int, scanned: Int) {
    counters.allocstall &+= 1
    var control = ReclaimControl(.direct, target: max(Self.batch, order.frameCount))
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
