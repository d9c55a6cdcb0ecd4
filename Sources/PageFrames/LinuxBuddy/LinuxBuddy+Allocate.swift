public import MemoryUnits

extension LinuxBuddy {
  @inlinable
  public mutating func allocate(
    _ order: Order, _ frameClass: FrameClass, core: Int
  ) -> FrameNumber? {
    if isSimple, order.index < CoreCache.orderCount,
      let frame = takeHeld(order, frameClass, core)
    {
      return frame
    }
    return allocateSlowly(
      FrameRequest(
        order, frameClass, core: core, flags: [.wakesReclaimer, .mayFragment, .lastResort]))
  }

  @inlinable
  public mutating func allocate(_ request: FrameRequest) -> FrameNumber? {
    // Single frames without rights below the mark: one comparison and a list (`zone_watermark_fast`).
    if isSimple, request.order == .base,
      request.flags.isSubset(of: [.wakesReclaimer, .mayFragment, .lastResort])
    {
      // SAFETY: there is one zone at least.
      let zone = unsafe zones
      let unusable = unsafe zone.pointee.unusable(
        order: 0, isMovable: request.frameClass == .movable, hasReserves: false,
        countsFree: policy.countsFreeHighatomic)
      let boost = unsafe request.mark > 0 ? zone.pointee.boost : 0
      if unsafe zone.pointee.free &- unusable > request.mark &+ boost,
        let frame = takeHeld(request.order, request.frameClass, request.core)
      {
        return frame
      }
    }
    return allocateSlowly(request)
  }

  /// The first block of a core's list of the only zone; nil when the list is empty.
  @inline(always)
  @inlinable
  mutating func takeHeld(_ order: Order, _ frameClass: FrameClass, _ core: Int) -> FrameNumber? {
    guard UInt(bitPattern: core) < UInt(bitPattern: coreCount) else {
      frameFault("no such core", frame: core, order: order.index)
    }
    let type = groups ? Int(Migratetype(frameClass).rawValue) : 0
    let list = order.index &* 3 &+ type
    // SAFETY: one zone, so caches go by core.
    let cache = unsafe caches + core
    guard unsafe cache.pointee.heads[list] != PageDescriptor.noFrame else { return nil }
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    unsafe cache.pointee.freeCount &>>= 1
    unsafe cache.pointee.freeFactor &>>= 1
    let frame = unsafe cache.pointee.popFirst(order.index, list, &pages)
    pages[frame].block = .allocated(order.index, frameClass)
    freeCount &-= order.frameCount
    tally.allocations &+= 1
    let number = FrameNumber(rawValue: UInt32(truncatingIfNeeded: frame))
    observer.didAllocate(number, order, frameClass, core: core)
    return number
  }

  @inline(never)
  @usableFromInline
  mutating func allocateSlowly(_ request: FrameRequest) -> FrameNumber? {
    guard request.core >= 0, request.core < coreCount else {
      frameFault("no such core", frame: request.core, order: request.order.index)
    }
    guard request.order < Order(Order.allocatorCount) else {
      tally.failed &+= 1
      return nil
    }
    var frame = walkZonelist(request, mayFragment: false, ignoresMarks: false)
    if frame < 0, policy.defragMode, request.flags.contains(.mayFragment) {
      frame = walkZonelist(request, mayFragment: true, ignoresMarks: false)
    }
    if frame < 0, request.flags.contains(.lastResort) {
      for core in 0..<coreCount { drain(core: core) }
      _ = unreserve(for: request.frameClass, force: request.mark == 0)
      let mayFragment = !policy.defragMode || request.flags.contains(.mayFragment)
      frame = walkZonelist(
        request, mayFragment: mayFragment, ignoresMarks: request.mark == 0)
    }
    guard frame >= 0 else {
      tally.failed &+= 1
      return nil
    }
    setMark(frame, .allocated(request.order.index, request.frameClass))
    freeCount &-= request.order.frameCount
    tally.allocations &+= 1
    let number = FrameNumber(frame)
    observer.didAllocate(number, request.order, request.frameClass, core: request.core)
    if policy.highatomic, request.flags.isHighAtomic(request.order),
      separation != .superpageblocks || request.frameClass != .movable
    {
      reserve(pageblockOf: frame, request.order)
    }
    return number
  }

  /// Tries the zones that may serve a request, in order (`get_page_from_freelist`); -1 when none can.
  ///
  /// Types do not mix at first in a zone Normal that has a DMA32 below it (in all zones under
  /// `defrag_mode`); when all zones have failed so, or before going to another node, they may.
  private mutating func walkZonelist(
    _ request: FrameRequest, mayFragment: Bool, ignoresMarks: Bool
  ) -> Int {
    let node = request.core * layout.nodeCount / coreCount
    let highest = request.zone ?? .highest(request.frameClass)
    let list = zonelists[node * LinuxZoneKind.allCases.count + Int(highest.rawValue)]
    guard let preferred = list.first else { return -1 }
    var staysApart = !mayFragment && (policy.defragMode || prefersApart(preferred))
    while true {
      var isRestarted = false
      for zone in list {
        if staysApart, !policy.defragMode,
          unsafe zones[zone].node != zones[preferred].node
        {
          staysApart = false
          isRestarted = true
          break
        }
        if !ignoresMarks {
          noteHigh(zone, request, highest)
          guard isAbove(request.mark, zone, request, highest) else { continue }
        }
        let frame = take(zone, request, staysApart, ignoresMarks: ignoresMarks)
        if frame >= 0 { return frame }
      }
      if isRestarted { continue }
      guard staysApart, !policy.defragMode else { return -1 }
      staysApart = false
    }
  }

  /// Whether a request whose first choice is this zone would rather take a lower zone than mix types
  /// (`alloc_flags_nofragment`).
  private func prefersApart(_ zone: Int) -> Bool {
    guard policy.nofragment, unsafe zones[zone].kind == .normal else { return false }
    for other in 0..<zoneCount {
      if unsafe zones[other].kind == .dma32, unsafe zones[other].node == zones[zone].node {
        return true
      }
    }
    return false
  }

  /// Takes a block from a zone, by way of the core's list where it has one (`rmqueue`); -1 for none.
  private mutating func take(
    _ zone: Int, _ request: FrameRequest, _ staysApart: Bool, ignoresMarks: Bool
  ) -> Int {
    let order = request.order.index
    let type = groups ? Int(Migratetype(request.frameClass).rawValue) : 0
    let wakes = request.flags.contains(.wakesReclaimer)
    if policy.pcp, order < CoreCache.orderCount || order == hugeOrder {
      let frame = takeThroughCache(zone, request.core, order, type, staysApart, wakes)
      if frame >= 0 { return frame }
    }
    let reserve = Int(Migratetype.highAtomic.rawValue)
    if policy.highatomic, request.flags.isHighAtomic(request.order) {
      let frame = takeSmallest(zone, order, reserve)
      if frame >= 0 { return frame }
    }
    var mode = FallbackMode.normal
    let frame = takeBlock(zone, order, type, staysApart, wakes, &mode)
    guard frame < 0, !request.flags.isDisjoint(with: [.outOfMemory, .nonBlocking]) || ignoresMarks
    else { return frame }
    return takeSmallest(zone, order, reserve)
  }

  /// Takes the smallest sufficient block off a type's lists; its upper halves go to their heads
  /// (`__rmqueue_smallest`, `expand`). -1 for none.
  mutating func takeSmallest(_ zone: Int, _ order: Int, _ type: Int) -> Int {
    let orders = unsafe zones[zone].orders(type) & UInt32.max << UInt32(order)
    guard orders != 0 else { return -1 }
    return takeFirst(zone, orders.trailingZeroBitCount, type, cutTo: order, listing: type)
  }

  /// Takes the first block of a list that has one, cuts it, and lists the upper halves as of a type.
  mutating func takeFirst(
    _ zone: Int, _ found: Int, _ type: Int, cutTo order: Int, listing rest: Int
  ) -> Int {
    take(first(zone, found, type), zone, found, cutTo: order, listing: rest)
  }

  /// Takes a block of an order off its list, cuts it, and lists the upper halves as of a type.
  mutating func take(
    _ frame: Int, _ zone: Int, _ found: Int, cutTo order: Int, listing rest: Int
  ) -> Int {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    unsafe zones[zone].lists.remove(frame, &pages)
    var current = found
    while current > order {
      observer.didSplit(FrameNumber(frame), Order(current))
      current -= 1
      unsafe zones[zone].lists.insert(frame + 1 << current, current, rest, atTail: false, &pages)
    }
    tally.splits &+= UInt64(found - order)
    return frame
  }

  /// The first block of a list that has one, fresh ones included.
  func first(_ zone: Int, _ order: Int, _ type: Int) -> Int {
    let list = LinuxLists.index(order, type)
    if unsafe zones[zone].lists.heads[list] == PageDescriptor.noFrame {
      let start = unsafe zones[zone].fresh.lowerBound
      listFresh(zone, below: start + Order.maximum.frameCount)
    }
    return unsafe Int(zones[zone].lists.heads[list])
  }

  func setMark(_ frame: Int, _ mark: BlockMark) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame].block = mark
  }
}
