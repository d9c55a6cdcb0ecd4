import MemoryUnits

extension LinuxBuddy {
  /// Takes the smallest sufficient block of a type's own lists; with superpageblocks, of a type that
  /// does not move, one in the fullest of them. -1 for none.
  mutating func takeOwn(_ zone: Int, _ order: Int, _ type: Int) -> Int {
    guard separation == .superpageblocks, type != Int(Migratetype.movable.rawValue) else {
      return takeSmallest(zone, order, type)
    }
    let orders = unsafe zones[zone].orders(type) & UInt32.max << UInt32(order)
    guard orders != 0 else { return -1 }
    let found = orders.trailingZeroBitCount
    return take(fullest(zone, found, type), zone, found, cutTo: order, listing: type)
  }

  /// Where requests go whose own lists are empty (see LinuxBuddy+Superpageblocks); -1 for none.
  mutating func takeFromTainted(
    _ zone: Int, _ order: Int, _ type: Int, _ staysApart: Bool, _ wakes: Bool
  ) -> Int {
    let movable = Int(Migratetype.movable.rawValue)
    if type == movable {
      let frame = takeSmallest(zone, order, Migratetype.lent)
      return frame >= 0 ? frame : steal(zone, order, type)
    }
    let frame = takeTainted(zone, order, type, wakes)
    if frame >= 0 { return frame }
    // With defrag_mode somebody may empty a pageblock first (`growth(for:)`).
    guard !staysApart || !policy.defragMode || movablePageblockInTainted() == nil,
      let clean = cleanOne(zone, order, mayMix: !staysApart)
    else { return -1 }
    taint(clean, zone)
    return takeTainted(zone, order, type, wakes)
  }

  /// Takes a block of a tainted superpageblock for a request that does not move; -1 for none.
  private mutating func takeTainted(
    _ zone: Int, _ order: Int, _ type: Int, _ wakes: Bool
  ) -> Int {
    let lent = Migratetype.lent
    let whole = max(order, pageblockOrder)
    let pageblocks = unsafe zones[zone].orders(lent) & UInt32.max << UInt32(whole)
    if pageblocks != 0 {
      let found = pageblocks.trailingZeroBitCount
      return claimWhole(zone, fullest(zone, found, lent), found, order, type)
    }
    let other = Int(Migratetype.unmovable.rawValue + Migratetype.reclaimable.rawValue) - type
    let frame = takeOwn(zone, order, other)
    if frame >= 0 {
      noteSteal()
      return frame
    }
    let parts = unsafe zones[zone].orders(lent) & UInt32.max << UInt32(order)
    guard parts != 0 else { return -1 }
    let found = UInt32.bitWidth - 1 - parts.leadingZeroBitCount
    return claimPart(zone, fullest(zone, found, lent), found, order, type, wakes)
  }

  /// Of the tainted superpageblock with the most tainting pageblocks that has a movable pageblock within
  /// its zone with a frame that somebody has: the pageblock with the most free frames, the first of
  /// equals.
  func movablePageblockInTainted() -> FrameRange? {
    var best: Int?
    var most = -1
    for index in 0..<superpageblockCount {
      let state = unsafe superpageblocks[index]
      guard state.isTainted, state.tainting > most, state.tainting > 0,
        let head = freestMovablePageblock(of: index)
      else { continue }
      best = head
      most = state.tainting
    }
    return best.map { FrameRange(start: FrameNumber($0), count: 1 << pageblockOrder) }
  }

  private func freestMovablePageblock(of index: Int) -> Int? {
    let size = 1 << pageblockOrder
    let start = (firstSuperpageblock + index) << policy.superpageblockOrder
    var best: Int?
    var most = -1
    for head in stride(from: start, to: start + 1 << policy.superpageblockOrder, by: size) {
      guard head >= range.start.index, head + size <= range.start.index + range.count,
        pageblockType(head) == Migratetype.lent, mark(head) != .none
      else { continue }
      let zone = zoneIndex(of: head)
      guard unsafe zones[zone].contains(head + size - 1) else { continue }
      let free = contents(ofPageblock: head).free
      if free < size, free > most {
        best = head
        most = free
      }
    }
    return best
  }

  /// Of the first eight blocks of a list that has one, that in the superpageblock with the most tainting
  /// pageblocks, the first of equals.
  private func fullest(_ zone: Int, _ order: Int, _ type: Int) -> Int {
    let descriptors = unsafe self.descriptors
    let pages = unsafe descriptors.span
    var best = first(zone, order, type)
    var most = unsafe superpageblocks[superpageblock(of: best)].tainting
    var next = pages[best].next
    for _ in 1..<8 where next != PageDescriptor.noFrame {
      let count = unsafe superpageblocks[superpageblock(of: Int(next))].tainting
      if count > most {
        best = Int(next)
        most = count
      }
      next = pages[Int(next)].next
    }
    return best
  }

  /// Gives the first pageblocks of a wholly free block to a type, as many as the order needs, and takes a
  /// block of them; the rest stays what it is.
  private mutating func claimWhole(
    _ zone: Int, _ frame: Int, _ found: Int, _ order: Int, _ type: Int
  ) -> Int {
    let whole = max(order, pageblockOrder)
    _ = take(frame, zone, found, cutTo: whole, listing: Migratetype.lent)
    setPageblockTypes(frame, whole, type)
    noteClaim(1 << (whole - pageblockOrder))
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    unsafe zones[zone].lists.insert(frame, whole, type, atTail: false, &pages)
    return take(frame, zone, whole, cutTo: order, listing: type)
  }

  /// Gives the pageblock of a block to a type, whoever has frames in it, and takes a block of it.
  private mutating func claimPart(
    _ zone: Int, _ frame: Int, _ found: Int, _ order: Int, _ type: Int, _ wakes: Bool
  ) -> Int {
    let head = frame & -(1 << pageblockOrder)
    guard unsafe zones[zone].contains(head),
      unsafe zones[zone].contains(head + 1 << pageblockOrder - 1)
    else {
      // At the edge of a zone, in a superpageblock that is tainted for ever.
      noteSteal()
      return take(frame, zone, found, cutTo: order, listing: Migratetype.lent)
    }
    boostWatermark(zone, wakes)
    moveFreeBlocks(zone, head, to: type)
    setPageblockTypes(head, pageblockOrder, type)
    noteClaim(1)
    return takeSmallest(zone, order, type)
  }

  /// The clean superpageblock to be tainted for a request: of those with a free pageblock the one with
  /// the fewest, the lowest of equals; else, where types may mix, one with the largest block.
  private func cleanOne(_ zone: Int, _ order: Int, mayMix: Bool) -> Int? {
    let movable = Int(Migratetype.movable.rawValue)
    let orders = unsafe zones[zone].orders(movable) & UInt32.max << UInt32(order)
    guard orders != 0 else { return nil }
    let found = UInt32.bitWidth - 1 - orders.leadingZeroBitCount
    guard found >= pageblockOrder else {
      return mayMix ? superpageblock(of: first(zone, found, movable)) : nil
    }
    let whole = max(order, pageblockOrder)
    var best: Int?
    var least = Int.max
    let (start, end) = unsafe (zones[zone].start, zones[zone].end)
    for index in superpageblock(of: start)...superpageblock(of: end - 1) {
      guard unsafe !superpageblocks[index].isTainted else { continue }
      let count = freeCount(of: index, zone, whole)
      if count > 0, count < least {
        best = index
        least = count
      }
    }
    return best
  }

  /// Free aligned blocks of an order, at least a pageblock's, in a superpageblock.
  private func freeCount(of index: Int, _ zone: Int, _ order: Int) -> Int {
    stride(
      from: frames(of: index, zone).lowerBound, to: frames(of: index, zone).upperBound,
      by: 1 << order
    )
    .count { frame in
      if isFresh(frame) { return true }
      let mark = mark(block(containing: frame))
      return mark.isFree && mark.order >= order && mark.type == Int(Migratetype.movable.rawValue)
    }
  }
}
