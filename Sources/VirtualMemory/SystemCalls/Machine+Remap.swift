internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// mremap: gives a mapping another length or place; its pages move, nothing is copied.
  ///
  /// Errors: EINVAL (unknown or contradictory flags, addresses not on pages, no new length, overlap),
  /// EFAULT (no area, or more than one where one is needed), ENOMEM (no room in place without MAYMOVE,
  /// too many areas), EAGAIN (lock limit).
  @discardableResult
  public mutating func mremap(
    _ task: TaskID, _ address: UInt64, oldLength: UInt64, newLength: UInt64,
    _ flags: RemapFlags = .mayMove, to target: UInt64 = 0
  ) throws(Errno) -> UInt64 {
    clock += configuration.costs.systemCall
    let limit = UInt64(AddressSpace.userPages) << 12
    guard flags.rawValue & ~7 == 0, address & 4095 == 0, newLength > 0, newLength <= limit,
      oldLength <= .max - 4095,
      flags.contains(.mayMove) || flags.isDisjoint(with: [.fixed, .dontUnmap])
    else { throw .invalid }
    let old = PageRange(start: Int(address >> 12), count: Int((oldLength + 4095) >> 12))
    let count = Int((newLength + 4095) >> 12)
    if flags.contains(.dontUnmap), old.count != count { throw .invalid }
    if !flags.isDisjoint(with: [.fixed, .dontUnmap]) {
      guard target & 4095 == 0, target <= limit - UInt64(count) << 12 else { throw .invalid }
      let new = PageRange(start: Int(target >> 12), count: count)
      guard !new.overlaps(old) else { throw .invalid }
    }
    let space = tasks[task].space
    guard let area = spaces[space].areas.area(containing: old.start) else { throw .fault }
    defer { note(.systemCall("mremap", page: old.start, count: count), task) }

    if old.count == 0 {
      // A second mapping of shared pages; private ones would need copies.
      guard area.isShared else { throw .invalid }
      guard flags.contains(.mayMove) else { throw .noMemory }
      return try moveArea(task, area, PageRange(start: old.start, count: 0), count, flags, target)
    }
    if flags.isDisjoint(with: [.fixed, .dontUnmap]) {
      if count <= old.count {
        if count < old.count {
          try unmapPages(
            space, PageRange(start: old.start + count, count: old.count - count))
        }
        return address
      }
      guard old.end <= area.end else { throw .fault }
      if try expandArea(task, area, old, count) { return address }
      guard flags.contains(.mayMove) else { throw .noMemory }
      return try moveArea(task, area, old, count, flags, target)
    }
    if old.end > area.end {
      guard old.count == count else { throw .fault }
      return try moveAreas(task, old, flags, target)
    }
    return try moveArea(task, area, old, count, flags, target)
  }

  /// Grows an area at its end without moving it; false where that is not possible.
  private mutating func expandArea(
    _ task: TaskID, _ area: Area, _ old: PageRange, _ count: Int
  ) throws(Errno) -> Bool {
    let space = tasks[task].space
    let more = PageRange(start: old.end, count: count - old.count)
    guard old.end == area.end, more.end <= AddressSpace.userPages,
      !spaces[space].areas.overlaps(more)
    else { return false }
    try checkGrowth(area, more.count, space)
    var grown = area
    grown.end = more.end
    replaceArea(area, with: [grown], space)
    mergeAreas(space, at: more.end)
    if area.flags.contains(.locked), !area.flags.contains(.lockOnFault) {
      populate(task, more, forWriting: area.copiesOnWrite && area.flags.contains(.write))
    }
    return true
  }

  private func checkGrowth(_ area: Area, _ pages: Int, _ space: SpaceID) throws(Errno) {
    if area.flags.contains(.locked), let limit = configuration.lockLimit,
      spaces[space].lockedPages + pages > limit
    {
      throw .tryAgain
    }
    var more = area
    more.start = 0
    more.end = pages
    try checkCommit(more)
  }

  /// Moves every area in `old` by the same distance; what lies where holes come to lie stays.
  private mutating func moveAreas(
    _ task: TaskID, _ old: PageRange, _ flags: RemapFlags, _ target: UInt64
  ) throws(Errno) -> UInt64 {
    let space = tasks[task].space
    var base = Int(target >> 12)
    if !flags.contains(.fixed) {
      base = try placeArea(space, target, old.count, isFixed: false, false)
    }
    for area in spaces[space].areas.areas(in: old) {
      let part = area.range.intersection(old)
      let place = UInt64(base + part.start - old.start) << 12
      _ = try moveArea(task, area, part, part.count, flags.union(.fixed), place)
    }
    return UInt64(base) << 12
  }

  /// Moves pages `old` of one area, which may get another count of pages, to another place.
  private mutating func moveArea(
    _ task: TaskID, _ area: Area, _ old: PageRange, _ count: Int, _ flags: RemapFlags,
    _ target: UInt64
  ) throws(Errno) -> UInt64 {
    let space = tasks[task].space
    guard spaces[space].areas.count < configuration.maxMapCount - 3 else { throw .noMemory }
    if count > old.count { try checkGrowth(area, count - old.count, space) }
    let start: Int
    if flags.contains(.fixed) {
      start = Int(target >> 12)
      try unmapPages(space, PageRange(start: start, count: count))
      if old.count > count {
        try unmapPages(
          space, PageRange(start: old.start + count, count: old.count - count))
      }
    } else {
      start = try placeArea(space, target, count, isFixed: false, !area.isAnonymous)
    }
    // Making room may have cut or removed the area itself.
    guard let area = spaces[space].areas.area(containing: old.start) else { throw .fault }
    let moved = PageRange(start: old.start, count: min(old.count, count))
    var copy = area.clipped(to: PageRange(start: moved.start, count: max(moved.count, 1)))
    if copy.isAnonymous, copy.anonymous == nil { copy.offset = start }
    copy.start = start
    copy.end = start + count
    if let file = copy.file { retainFile(file) }
    let keeper = copy.anonymous.map { anonymous.make(below: $0) }
    defer {
      if let keeper { anonymous.forget(keeper) }
      if let file = copy.file { dropFile(file) }
    }
    if moved.count > 0 {
      splitArea(space, at: moved.start)
      splitArea(space, at: moved.end)
    }
    insertArea(copy, space)
    mergeAreas(space, at: copy.start)
    mergeAreas(space, at: copy.end)
    if moved.count > 0 {
      try moveEntries(space, moved, to: start)
      guard let source = spaces[space].areas.area(containing: moved.start) else { throw .fault }
      let part = source.clipped(to: moved)
      if flags.contains(.dontUnmap) {
        leave(space, part, wasWhole: part == source)
      } else {
        splitArea(space, at: moved.start)
        splitArea(space, at: moved.end)
        for piece in spaces[space].areas.areas(in: moved) { removeArea(piece, space) }
      }
    }
    if copy.flags.contains(.locked), !copy.flags.contains(.lockOnFault), count > moved.count {
      populate(
        task, PageRange(start: start + moved.count, count: count - moved.count),
        forWriting: copy.copiesOnWrite && copy.flags.contains(.write))
    }
    return UInt64(start) << 12
  }

  /// What MREMAP_DONTUNMAP leaves: the area without its pages, and no longer locked.
  private mutating func leave(_ space: SpaceID, _ part: Area, wasWhole: Bool) {
    changeAreas(space, part.range) { $0.subtract([.locked, .lockOnFault]) }
    guard wasWhole, let left = spaces[space].areas.area(containing: part.start),
      left.anonymous != nil, left.range == part.range
    else { return }
    var fresh = left
    fresh.anonymous = nil
    replaceArea(left, with: [fresh], space)
  }

  /// Moves the entries of pages to equally many pages that have none; ENOMEM, and nothing moved, when
  /// there is no frame for a table.
  private mutating func moveEntries(
    _ space: SpaceID, _ old: PageRange, to target: Int
  ) throws(Errno) {
    var page = old.start
    while page < old.end {
      page = max(page, nextMappedPage(space, page))
      guard page < old.end else { break }
      guard makeLeafTable(space, target + page - old.start) != nil else {
        pruneEmptyTables(space, PageRange(start: target, count: old.count))
        throw .noMemory
      }
      // The next page that needs a table of its own, at the source or at the target.
      let sourceEnd = (page >> 9 + 1) << 9
      let targetEnd = ((target + page - old.start) >> 9 + 1) << 9 - target + old.start
      page = min(sourceEnd, targetEnd)
    }
    var gather = FlushGather(space)
    page = old.start
    while page < old.end {
      page = max(page, nextMappedPage(space, page))
      let blockEnd = min((page >> 9 + 1) << 9, old.end)
      while page < blockEnd {
        guard let source = leafTable(space, page) else { break }
        let entry = contents.entry(source, page & 511)
        if !entry.isNone {
          setEntry(.none, at: EntrySlot(table: source, slot: page & 511))
          let place = target + page - old.start
          if let table = makeLeafTable(space, place) {
            setEntry(entry, at: EntrySlot(table: table, slot: place & 511))
          }
          gather.add(page)
        }
        page += 1
      }
      page = blockEnd
    }
    finish(&gather)
    pruneEmptyTables(space, old)
    pruneEmptyTables(space, PageRange(start: target, count: old.count))
  }

  /// Gives back the empty leaf tables of a range.
  mutating func pruneEmptyTables(_ space: SpaceID, _ range: PageRange) {
    var page = range.start
    while page < range.end {
      page = max(page, nextMappedPage(space, page))
      guard page < range.end else { return }
      pruneTables(space, page)
      page = (page >> 9 + 1) << 9
    }
  }
}
