import MemoryUnits

extension LinuxZone {
  /// Free frames that a request must not count on (`__zone_watermark_unusable_free`).
  @inlinable
  func unusable(order: Int, isMovable: Bool, hasReserves: Bool, countsFree: Bool) -> Int {
    var frames = 1 &<< order &- 1
    if !hasReserves { frames &+= countsFree ? lists.frames[3] : reservedHighAtomic }
    if !isMovable { frames &+= lists.frames[4] }
    return frames
  }
}

extension LinuxBuddy {
  /// Free frames that marks are compared with: without those that cores hold or that are isolated
  /// (NR_FREE_PAGES).
  public var listedFrames: Int {
    var sum = 0
    for zone in 0..<zoneCount { sum += unsafe zones[zone].free }
    return sum
  }

  public var heldFrames: Int {
    var listed = 0
    for zone in 0..<zoneCount { listed += unsafe zones[zone].listed }
    return freeCount - listed
  }

  /// Sets the marks of all zones together; nil for Linux's own. Zones get their share by size. The
  /// lengths between which cores' lists tune themselves follow (`zone_set_pageset_high_and_batch`).
  public mutating func setWatermarks(_ watermarks: Watermarks?) {
    let settings = ZoneSettings()
    let lowmem = layout.zones.reduce(0) { $1.kind == .movable ? $0 : $0 + $1.frames.count }
    let kilobytes = ZoneSettings.minFreeKilobytes(lowmem: lowmem, zones: zoneCount)
    for zone in 0..<zoneCount {
      let state = unsafe zones + zone
      let managed = unsafe state.pointee.managed
      if let watermarks {
        unsafe state.pointee.marks = Watermarks(
          min: share(watermarks.min, zone), low: share(watermarks.low, zone),
          high: share(watermarks.high, zone))
      } else {
        unsafe state.pointee.marks = Watermarks(
          managed: managed, lowmem: lowmem, minFreeKilobytes: kilobytes,
          watermarkScaleFactor: settings.watermarkScaleFactor,
          isMovable: state.pointee.kind == .movable)
      }
      let batch = Self.batch(managed: managed)
      let cores = max(1, coresOfNode(unsafe state.pointee.node))
      let fraction = policy.percpuPagelistHighFraction
      let base = unsafe fraction > 0 ? managed / fraction : state.pointee.marks.low
      let low = max(base / cores, 4 * batch)
      unsafe state.pointee.batch = batch
      unsafe state.pointee.highMin = low
      unsafe state.pointee.highMax =
        policy.pcpAutoHigh && fraction == 0 ? max(managed / 8 / cores, 4 * batch) : low
      for core in 0..<coreCount {
        let cache = unsafe caches + (core * zoneCount + zone)
        unsafe cache.pointee.high = min(
          max(cache.pointee.high, state.pointee.highMin), state.pointee.highMax)
      }
    }
  }

  /// What cores take and give back at once: a power of two less one, about 0.037 % of the zone, at most
  /// 63 (`zone_batchsize`).
  public static func batch(managed: Int) -> Int {
    let batch = min(managed >> 12, 64)
    guard batch > 1 else { return 1 }
    return 1 << (Int.bitWidth - 1 - (batch + batch / 2).leadingZeroBitCount) - 1
  }

  private func coresOfNode(_ node: Int) -> Int {
    (0..<coreCount).count { $0 * layout.nodeCount / coreCount == node }
  }

  /// A zone's part of a mark of all zones, by its size.
  private func share(_ mark: Int, _ zone: Int) -> Int {
    zoneCount == 1 ? mark : unsafe mark * zones[zone].managed / range.count
  }

  /// Whether a zone has the frames that a request must leave, and a block for it
  /// (`zone_watermark_fast`, `__zone_watermark_ok`).
  func isAbove(
    _ mark: Int, _ zone: Int, _ request: FrameRequest, _ highest: LinuxZoneKind
  ) -> Bool {
    let state = unsafe zones + zone
    var least = mark > 0 ? share(mark, zone) : 0
    // Urgent single frames at the min mark do not wait for a boost to be reclaimed.
    let isUrgent =
      unsafe request.flags.contains(.high) && request.order == .base
      && least <= state.pointee.marks.min
    if mark > 0, !isUrgent { least += unsafe state.pointee.boost }
    if request.flags.contains(.high) {
      least -= least / 2
      if request.flags.contains(.nonBlocking) { least -= least / 4 }
    }
    if request.flags.contains(.outOfMemory) { least -= least / 2 }
    let hasReserves = !request.flags.isDisjoint(with: [.high, .outOfMemory])
    let isMovable = request.frameClass == .movable
    let order = request.order.index
    let free =
      unsafe state.pointee.free
      - state.pointee.unusable(
        order: order, isMovable: isMovable, hasReserves: hasReserves,
        countsFree: policy.countsFreeHighatomic)
    guard unsafe free > least + state.pointee.lowmemReserve[Int(highest.rawValue)] else {
      return false
    }
    guard order > 0 else { return true }
    var orders = unsafe state.pointee.orders(0) | state.pointee.orders(1) | state.pointee.orders(2)
    if separation == .superpageblocks { orders |= unsafe state.pointee.orders(Migratetype.lent) }
    if isMovable { orders |= unsafe state.pointee.orders(4) }
    if request.flags.isHighAtomic(request.order) || request.flags.contains(.outOfMemory) {
      orders |= unsafe state.pointee.orders(3)
    }
    return orders >> UInt32(order) != 0
  }

  /// Notices that a request would leave a zone below its high mark: cores' lists shrink from then on,
  /// so that less is reclaimed for them.
  func noteHigh(_ zone: Int, _ request: FrameRequest, _ highest: LinuxZoneKind) {
    guard policy.pcpAutoHigh, unsafe !zones[zone].isBelowHigh else { return }
    let high = unsafe zones[zone].marks.high
    let boost = unsafe zones[zone].boost
    let free = unsafe zones[zone].free - (request.order.frameCount - 1)
    let reserve = unsafe zones[zone].lowmemReserve[Int(highest.rawValue)]
    unsafe zones[zone].isBelowHigh = high > 0 && free <= high + boost + reserve
  }

  @usableFromInline
  func isAboveHigh(_ zone: Int) -> Bool {
    unsafe zones[zone].free > zones[zone].marks.high + zones[zone].boost
  }

  /// Lifts a zone's marks by a pageblock because types mix, up to watermark_boost_factor of the high mark
  /// (`boost_watermark`).
  mutating func boostWatermark(_ zone: Int, _ wakes: Bool) {
    let size = 1 << pageblockOrder
    guard policy.watermarkBoostFactor > 0, unsafe size * 4 <= zones[zone].managed else { return }
    var most = unsafe zones[zone].marks.high * policy.watermarkBoostFactor / 10_000
    guard most > 0 else { return }
    most = max(size, most)
    unsafe zones[zone].boost = min(zones[zone].boost + size, most)
    if wakes { unsafe zones[zone].isBoosted = true }
  }

  /// Frames by which the marks of all zones are lifted. Set to less, zones give theirs back in order.
  public var watermarkBoost: Int {
    get {
      var sum = 0
      for zone in 0..<zoneCount { sum += unsafe zones[zone].boost }
      return sum
    }
    set {
      var excess = watermarkBoost - newValue
      for zone in 0..<zoneCount where excess > 0 {
        let taken = unsafe min(excess, zones[zone].boost)
        unsafe zones[zone].boost -= taken
        excess -= taken
      }
    }
  }

  /// Whether a boost since the last look asks for the background reclaimer.
  public mutating func takeBoostSignal() -> Bool {
    var isBoosted = false
    for zone in 0..<zoneCount where unsafe zones[zone].isBoosted {
      unsafe zones[zone].isBoosted = false
      isBoosted = true
    }
    return isBoosted
  }

  /// While the background reclaimer works, cores keep little (`nr_pcp_high`).
  public var isReclaimActive: Bool {
    get { unsafe zones[0].isReclaimActive }
    set { for zone in 0..<zoneCount { unsafe zones[zone].isReclaimActive = newValue } }
  }
}
