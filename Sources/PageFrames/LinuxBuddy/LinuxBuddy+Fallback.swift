import MemoryUnits

/// What a series of requests for one type has learnt: which ways have found nothing
/// (`enum rmqueue_mode`).
enum FallbackMode {
  case normal
  /// The type's own lists are empty, and no block can be claimed.
  case steal
}

extension LinuxBuddy {
  /// Takes a block for a type, from its own lists, from contiguous areas, or from another type's
  /// (`__rmqueue`); -1 when nobody has one.
  mutating func takeBlock(
    _ zone: Int, _ order: Int, _ type: Int, _ staysApart: Bool, _ wakes: Bool,
    _ mode: inout FallbackMode
  ) -> Int {
    let cma = Int(Migratetype.cma.rawValue)
    let mayUseAreas = type == Int(Migratetype.movable.rawValue)
    // Areas are filled evenly with the rest of memory.
    if mayUseAreas, unsafe zones[zone].lists.frames[cma] > zones[zone].free / 2 {
      let frame = takeSmallest(zone, order, cma)
      if frame >= 0 { return frame }
    }
    let remembers = policy.fallback == .claimThenSteal
    if !remembers || mode == .normal {
      let frame = takeOwn(zone, order, type)
      if frame >= 0 { return frame }
    }
    if mayUseAreas {
      let frame = takeSmallest(zone, order, cma)
      if frame >= 0 { return frame }
    }
    guard groups else { return -1 }
    switch separation {
    case .none: break
    case .region: return takeAcrossBorder(zone, order, type)
    case .superpageblocks: return takeFromTainted(zone, order, type, staysApart, wakes)
    }
    switch policy.fallback {
    case .movesPages: return fallBackMoving(zone, order, type, staysApart, wakes)
    case .largestFirst: return fallBackLargestFirst(zone, order, type, staysApart, wakes)
    case .steal: return staysApart ? -1 : steal(zone, order, type)
    case .claimThenSteal:
      if mode == .normal || mode == .steal {
        let frame = claim(zone, order, type, staysApart, wakes)
        if frame >= 0 {
          mode = .normal
          return frame
        }
      }
      guard !staysApart else { return -1 }
      let frame = steal(zone, order, type)
      if frame >= 0 { mode = .steal }
      return frame
    }
  }

  /// Whether pageblocks may change their type for a block of this order (`should_try_claim_block`):
  /// always when it is not small, and always for frames that would stay where they do harm.
  private func mayClaim(_ order: Int, _ type: Int) -> Bool {
    order >= pageblockOrder / 2 || type != Int(Migratetype.movable.rawValue)
  }

  /// The type, by preference, whose list of an order has a block; -1 for none
  /// (`find_suitable_fallback`).
  func fallback(_ zone: Int, _ order: Int, _ type: Int) -> Int {
    for choice in 0..<2 {
      let other = Migratetype.fallback(type, choice)
      if unsafe zones[zone].orders(other) >> UInt32(order) & 1 == 1 { return other }
    }
    return -1
  }

  /// No block below pageblock order is looked at while types are kept apart.
  private func smallestFallback(_ order: Int, _ staysApart: Bool) -> Int {
    staysApart && order < pageblockOrder ? pageblockOrder : order
  }

  /// Makes the pageblock of a block of another type one of this type, the largest block first, and
  /// takes a block of it (`__rmqueue_claim`); -1 when no pageblock may change hands.
  private mutating func claim(
    _ zone: Int, _ order: Int, _ type: Int, _ staysApart: Bool, _ wakes: Bool
  ) -> Int {
    var current = Order.maximum.index
    while current >= smallestFallback(order, staysApart), mayClaim(current, type) {
      let other = fallback(zone, current, type)
      if other >= 0 {
        let frame = claim(zone, first(zone, current, other), current, order, type, other, wakes)
        if frame >= 0 { return frame }
      }
      current -= 1
    }
    return -1
  }

  /// Makes one block's pageblocks of a type (`try_to_claim_block`); -1 when they keep their own.
  private mutating func claim(
    _ zone: Int, _ found: Int, _ current: Int, _ order: Int, _ type: Int, _ other: Int,
    _ wakes: Bool
  ) -> Int {
    if current >= pageblockOrder {
      setPageblockTypes(found, current, type)
      noteClaim(1 << (current - pageblockOrder))
      return takeFirst(zone, current, other, cutTo: order, listing: type)
    }
    boostWatermark(zone, wakes)
    let head = (found >> pageblockOrder) << pageblockOrder
    guard unsafe zones[zone].contains(head),
      unsafe zones[zone].contains(head + 1 << pageblockOrder - 1)
    else { return -1 }
    guard isWorthClaiming(head, type, other) else { return -1 }
    moveFreeBlocks(zone, head, to: type)
    setPageblockTypes(head, pageblockOrder, type)
    noteClaim(1)
    return takeSmallest(zone, order, type)
  }

  /// Whether half of a pageblock's frames are free or like those of a type: movable ones for movable
  /// requests; for others, in a movable pageblock, those that do not move; else none can be told.
  private func isWorthClaiming(_ head: Int, _ type: Int, _ other: Int) -> Bool {
    let (free, movable) = contents(ofPageblock: head)
    let size = 1 << pageblockOrder
    let isMovable = Int(Migratetype.movable.rawValue)
    let alike = type == isMovable ? movable : other == isMovable ? size - free - movable : 0
    return free + alike >= size / 2
  }

  /// Takes the smallest block of another type, which keeps the rest of it (`__rmqueue_steal`).
  mutating func steal(_ zone: Int, _ order: Int, _ type: Int) -> Int {
    for current in order..<Order.allocatorCount {
      let other = fallback(zone, current, type)
      if other >= 0 {
        noteSteal()
        return takeFirst(zone, current, other, cutTo: order, listing: other)
      }
    }
    return -1
  }

  /// The fallback of 6.10 to 6.14 (`__rmqueue_fallback`, `steal_suitable_fallback`).
  private mutating func fallBackLargestFirst(
    _ zone: Int, _ order: Int, _ type: Int, _ staysApart: Bool, _ wakes: Bool
  ) -> Int {
    guard let (current, other) = findOld(zone, order, type, staysApart) else { return -1 }
    let found = first(zone, current, other)
    if current >= pageblockOrder || mayClaim(current, type) {
      let frame = claim(zone, found, current, order, type, other, wakes)
      if frame >= 0 { return frame }
    } else {
      boostWatermark(zone, wakes)
    }
    noteSteal()
    return takeFirst(zone, current, other, cutTo: order, listing: other)
  }

  /// The fallback up to 6.9: free blocks move to the lists of the type, claimed or not.
  private mutating func fallBackMoving(
    _ zone: Int, _ order: Int, _ type: Int, _ staysApart: Bool, _ wakes: Bool
  ) -> Int {
    guard let (current, other) = findOld(zone, order, type, staysApart) else { return -1 }
    let found = first(zone, current, other)
    if current >= pageblockOrder {
      setPageblockTypes(found, current, type)
      noteClaim(1 << (current - pageblockOrder))
      return takeFirst(zone, current, other, cutTo: order, listing: type)
    }
    boostWatermark(zone, wakes)
    let head = (found >> pageblockOrder) << pageblockOrder
    guard mayClaim(current, type), pageblockType(head) < Int(Migratetype.isolatedFrom),
      unsafe zones[zone].contains(head),
      unsafe zones[zone].contains(head + 1 << pageblockOrder - 1)
    else {
      noteSteal()
      return takeFirst(zone, current, other, cutTo: order, listing: type)
    }
    let isWorth = isWorthClaiming(head, type, pageblockType(head))
    moveFreeBlocks(zone, head, to: type)
    if isWorth {
      setPageblockTypes(head, pageblockOrder, type)
      noteClaim(1)
    } else {
      noteSteal()
    }
    return takeSmallest(zone, order, type)
  }

  /// Where the fallback up to 6.14 takes from: the largest block of another type; the smallest for
  /// movable requests that could not claim the largest.
  private func findOld(
    _ zone: Int, _ order: Int, _ type: Int, _ staysApart: Bool
  ) -> (order: Int, type: Int)? {
    var current = Order.maximum.index
    while current >= smallestFallback(order, staysApart) {
      let other = fallback(zone, current, type)
      if other >= 0 {
        if mayClaim(current, type) || current == order { return (current, other) }
        for smaller in order...current {
          let other = fallback(zone, smaller, type)
          if other >= 0 { return (smaller, other) }
        }
      }
      current -= 1
    }
    return nil
  }

  mutating func noteClaim(_ pageblocks: Int) {
    placementCounters.fallbacks &+= 1
    placementCounters.claims &+= 1
    placementCounters.claimedPageblocks &+= UInt64(pageblocks)
  }

  mutating func noteSteal() {
    placementCounters.fallbacks &+= 1
    placementCounters.steals &+= 1
  }
}
