import MemoryUnits

extension LinuxBuddy {
  /// The core's list of blocks of an order and type.
  @inline(always)
  @inlinable
  func cacheList(_ order: Int, _ type: Int) -> Int {
    guard order >= CoreCache.orderCount else { return order &* 3 &+ type }
    let isApart = policy.pcpHugeLists == 2 && type == Int(Migratetype.movable.rawValue)
    return CoreCache.firstHuge &+ (isApart ? 1 : 0)
  }

  @inlinable
  func cacheOrder(_ list: Int) -> Int {
    list < CoreCache.firstHuge ? list / 3 : hugeOrder
  }

  /// Takes the first block of a core's list, refilling it when it is empty (`rmqueue_pcplist`).
  mutating func takeThroughCache(
    _ zone: Int, _ core: Int, _ order: Int, _ type: Int, _ staysApart: Bool, _ wakes: Bool
  ) -> Int {
    let cache = unsafe caches + (core * zoneCount + zone)
    unsafe cache.pointee.freeCount >>= 1
    unsafe cache.pointee.freeFactor >>= 1
    let list = cacheList(order, type)
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    if unsafe cache.pointee.heads[list] == PageDescriptor.noFrame {
      // Remembered over the batch: what has failed once is not tried again (`rmqueue_bulk`, 6.15).
      var mode = FallbackMode.normal
      placementCounters.refills &+= 1
      let count = unsafe refillCount(&cache.pointee, zone, order)
      for _ in 0..<count {
        let frame = takeBlock(zone, order, type, staysApart, wakes, &mode)
        guard frame >= 0 else { break }
        unsafe cache.pointee.pushLast(frame, order, list, &pages)
      }
      guard unsafe cache.pointee.heads[list] != PageDescriptor.noFrame else { return -1 }
    }
    return unsafe cache.pointee.popFirst(order, list, &pages)
  }

  /// How many blocks an empty list takes (`nr_pcp_alloc`): a batch that doubles with each refill, within
  /// what the lists may hold; lists that tune themselves grow by as much.
  private func refillCount(_ cache: inout CoreCache, _ zone: Int, _ order: Int) -> Int {
    let base = unsafe zones[zone].batch
    var batch = base
    if policy.pcpAllocFactor || policy.pcpAutoHigh {
      let low = unsafe zones[zone].highMin
      let top = unsafe zones[zone].highMax
      var high = min(max(cache.high, low), top)
      cache.high = high
      guard high >= base else { return 1 }
      if order == 0, policy.pcpAllocFactor { batch = base << cache.allocFactor }
      if low != top, unsafe !zones[zone].isBelowHigh {
        high = min(high + batch, top)
        cache.high = high
      }
      if order == 0, policy.pcpAllocFactor {
        let most = max(high - cache.count - base, base)
        if batch < most, cache.allocFactor < CoreCache.scaleMax { cache.allocFactor += 1 }
        batch = min(batch, most)
      }
    }
    return batch > 1 ? max(batch >> order, 2) : batch
  }

  /// Puts a freed block at the head of its core's list and cuts the lists back when they are too long
  /// (`free_unref_page_commit`).
  @inline(always)
  @inlinable
  mutating func freeIntoCache(_ frame: Int, _ order: Int, _ type: Int, _ core: Int) {
    let zone = zoneCount == 1 ? 0 : zoneIndex(of: frame)
    // SAFETY: `core` and `zone` are in range: the caller has looked.
    let cache = unsafe caches + (core &* zoneCount &+ zone)
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let list = cacheList(order, type)
    unsafe cache.pointee.allocFactor &>>= 1
    unsafe cache.pointee.pushFirst(frame, order, list, &pages)
    let isHighOrder = order > 0 && order < CoreCache.orderCount
    let zoneState = unsafe zones + zone
    if unsafe isHighOrder || cache.pointee.hasFreedHighOrder
      || cache.pointee.count >= cache.pointee.high || zoneState.pointee.isReclaimActive
      || zoneState.pointee.isBelowHigh
    {
      return afterFree(zone, core, order, list)
    }
    unsafe cache.pointee.countFree(order, zoneState.pointee.batch)
  }

  /// The rarer ways of a free: cuts the lists back where that is due.
  @inline(never)
  @usableFromInline
  mutating func afterFree(_ zone: Int, _ core: Int, _ order: Int, _ list: Int) {
    let cache = unsafe caches + (core * zoneCount + zone)
    let batch = unsafe zones[zone].batch
    let freesHigh = unsafe freesHighOrders(&cache.pointee, zone, order, batch)
    unsafe cache.pointee.countFree(order, batch)
    let high = unsafe cutHigh(&cache.pointee, zone, batch, freesHigh)
    guard unsafe cache.pointee.count >= high else { return }
    let count = unsafe cutCount(&cache.pointee, batch, high, freesHigh)
    giveBack(zone, core, count, from: list)
    if unsafe zones[zone].isBelowHigh, isAboveHigh(zone) {
      unsafe zones[zone].isBelowHigh = false
    }
  }

  /// Whether blocks of orders 1-3 are freed so steadily that none is to be kept (free_high). The
  /// count that decides is the one before this free.
  private func freesHighOrders(
    _ cache: inout CoreCache, _ zone: Int, _ order: Int, _ batch: Int
  ) -> Bool {
    guard order > 0, order < CoreCache.orderCount else {
      cache.hasFreedHighOrder = false
      return false
    }
    let hasBefore = cache.hasFreedHighOrder
    cache.hasFreedHighOrder = true
    switch policy.pcpFree {
    case .factor: return cache.freeFactor > 0
    // A last-level cache of 3 batches for each core is assumed (PCPF_FREE_HIGH_BATCH).
    case .count: return cache.freeCount >= batch && hasBefore && cache.count >= batch
    case .lateCount:
      return unsafe cache.freeCount >= batch + zones[zone].highMin / 2 && hasBefore
        && cache.count >= batch
    }
  }

  /// The length above which lists are cut back now (`nr_pcp_high`).
  private func cutHigh(_ cache: inout CoreCache, _ zone: Int, _ batch: Int, _ freesHigh: Bool)
    -> Int
  {
    let low = unsafe zones[zone].highMin
    let top = unsafe zones[zone].highMax
    let isActive = unsafe zones[zone].isReclaimActive
    let high = min(max(cache.high, low), top)
    cache.high = high
    if policy.pcpFree == .factor {
      if freesHigh { return 0 }
      return isActive ? min(batch << 2, high) : high
    }
    if freesHigh {
      cache.high = max(high - batch << CoreCache.scaleMax, low)
      return 0
    }
    let freed = max(cache.freeCount, batch)
    if isActive {
      cache.high = max(high - freed, low)
      return min(batch << 2, cache.high)
    }
    if low == top { return high }
    if unsafe zones[zone].isBelowHigh {
      cache.high = max(high - freed, low)
      return max(cache.count, low)
    }
    if cache.count >= high, cache.high < cache.freeCount + batch {
      cache.high = min(max(cache.freeCount + batch, low), top)
    }
    return high
  }

  /// How many frames go back at once (`nr_pcp_free`): as many as were freed in a row, but a batch stays.
  private func cutCount(
    _ cache: inout CoreCache, _ batch: Int, _ high: Int, _ freesHigh: Bool
  ) -> Int {
    if freesHigh {
      return policy.pcpFree == .factor
        ? cache.count : min(cache.count, batch << CoreCache.scaleMax)
    }
    guard high >= batch else { return 1 }
    let most = max(high - batch, batch)
    guard policy.pcpFree == .factor else { return min(max(cache.freeCount, batch), most) }
    let wanted = batch << cache.freeFactor
    if wanted < most, cache.freeFactor < CoreCache.scaleMax { cache.freeFactor += 1 }
    return min(max(wanted, batch), most)
  }

  /// Gives frames of a core's lists back to the zone, list after list from one on, the oldest first
  /// (`free_pcppages_bulk`).
  mutating func giveBack(_ zone: Int, _ core: Int, _ count: Int, from first: Int) {
    let cache = unsafe caches + (core * zoneCount + zone)
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    var left = unsafe min(count, cache.pointee.count)
    var list = first - 1
    while left > 0 {
      repeat {
        list = list + 1 < CoreCache.listCount ? list + 1 : 0
      } while unsafe cache.pointee.heads[list] == PageDescriptor.noFrame
      let order = cacheOrder(list)
      repeat {
        let frame = unsafe cache.pointee.popLast(order, list, &pages)
        pages[frame].block = .none
        left -= 1 << order
        placementCounters.drainedFrames &+= UInt64(1 << order)
        var type = pageblockType(frame)
        // The list's type is what the free went by before lists and pageblocks agreed.
        if policy.fallback == .movesPages, list < CoreCache.firstHuge,
          type < Int(Migratetype.isolatedFrom)
        {
          type = list % 3
        }
        merge(zone, frame, order, type, &pages)
      } while unsafe left > 0 && cache.pointee.heads[list] != PageDescriptor.noFrame
    }
  }

  public mutating func drain(core: Int) {
    guard core >= 0, core < coreCount else { return }
    for zone in 0..<zoneCount { giveBack(zone, core, .max, from: 0) }
  }

  /// The vmstat tick of every core, once a second: lists that were not needed shrink, at most by an
  /// eighth and by 32 batches (`decay_pcp_high`).
  public mutating func tick() {
    guard policy.pcp, policy.pcpDecay else { return }
    for core in 0..<coreCount {
      for zone in 0..<zoneCount {
        let cache = unsafe caches + (core * zoneCount + zone)
        let low = unsafe zones[zone].highMin
        if unsafe cache.pointee.high > low {
          let most = unsafe cache.pointee.count - zones[zone].batch << CoreCache.scaleMax
          unsafe cache.pointee.high = max(
            most, cache.pointee.high - cache.pointee.high >> 3, low)
        }
        let excess = unsafe cache.pointee.count - cache.pointee.high
        if excess > 0 { giveBack(zone, core, excess, from: 0) }
      }
    }
  }
}

extension CoreCache {
  /// Counts what is freed in a row, up to 32 batches.
  @inline(always)
  @inlinable
  mutating func countFree(_ order: Int, _ batch: Int) {
    if freeCount < batch &<< Self.scaleMax { freeCount &+= 1 &<< order }
  }
}
