public import MemoryUnits

extension LinuxBuddy {
  /// Reserves the pageblock of a block that a high-order request got that cannot wait, up to about 1 %
  /// of the zone (`reserve_highatomic_pageblock`).
  mutating func reserve(pageblockOf frame: Int, _ order: Order) {
    let zone = zoneIndex(of: frame)
    let size = 1 << pageblockOrder
    let share = unsafe zones[zone].managed / 100
    if policy.highatomicMinimum, share < size { return }
    let most = policy.highatomicMinimum ? (share + size - 1) & -size : share + size
    guard unsafe zones[zone].reservedHighAtomic < most,
      pageblockType(frame) < Int(Migratetype.isolatedFrom), groups
    else { return }
    let type = Int(Migratetype.highAtomic.rawValue)
    let head = (frame >> pageblockOrder) << pageblockOrder
    let frames = max(size, order.frameCount)
    guard unsafe zones[zone].contains(head), unsafe zones[zone].contains(head + frames - 1) else {
      return
    }
    if order.index < pageblockOrder { moveFreeBlocks(zone, head, to: type) }
    setPageblockTypes(head, max(order.index, pageblockOrder), type)
    unsafe zones[zone].reservedHighAtomic += frames
    placementCounters.reservedPageblocks &+= UInt64(frames >> pageblockOrder)
  }

  /// Gives a high-atomic pageblock with free frames back to a class, for a caller who reclaims by itself
  /// (`unreserve_highatomic_pageblock`). One stays unless `force`. True when there was one.
  public mutating func unreserve(for frameClass: FrameClass, force: Bool) -> Bool {
    let reserve = Int(Migratetype.highAtomic.rawValue)
    var type = groups ? Int(Migratetype(frameClass).rawValue) : 0
    // What lies in it may not move, so that its superpageblock stays tainted.
    if separation == .superpageblocks { type = Int(Migratetype.unmovable.rawValue) }
    let size = 1 << pageblockOrder
    for zone in 0..<zoneCount {
      guard unsafe zones[zone].reservedHighAtomic > (force ? 0 : size) else { continue }
      for order in 0..<Order.allocatorCount {
        let list = LinuxLists.index(order, reserve)
        let head = unsafe zones[zone].lists.heads[list]
        guard head != PageDescriptor.noFrame else { continue }
        let first = (Int(head) >> pageblockOrder) << pageblockOrder
        let frames = max(size, 1 << order)
        for pageblock in stride(from: first, to: first + frames, by: size) {
          convert(zone, pageblock, to: type)
        }
        unsafe zones[zone].reservedHighAtomic -= frames
        placementCounters.unreservedPageblocks &+= UInt64(frames >> pageblockOrder)
        return true
      }
    }
    return false
  }
}
