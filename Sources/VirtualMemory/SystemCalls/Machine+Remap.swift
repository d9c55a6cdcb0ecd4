internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// mremap: gives a mapping another length or place; its pages move, nothing is copied.
  ///
  /// Errors: EINVAL (unknown or contradictory flags, addresses not on pages, no new length, overlap),
  /// hugetlb pages, which Linux can move and this cannot), EFAULT (no area, or more than one where one is needed), ENOMEM (no room in place without MAYMOVE,
  /// too many areas), EAGAIN (lock limit).
  @discardableResult
  public mutating func mremap(
    _ task: TaskID, _ address: UInt64, oldLength: UInt64, newLength: UInt64,
    _ flags: RemapFlags = .mayMove, to target: UInt64 = 0
  ) throws(Errno) -> UInt64 {
    elapsed += costs.systemCall
    let space = try space(of: task)
    let limit = UInt64(AddressSpace.userPages) << 12
    // Lengths that the rounding wraps count as none, as in Linux.
    let (oldPages, newPages) = ((oldLength &+ 4095) >> 12, (newLength &+ 4095) >> 12)
    guard flags.isSubset(of: [.mayMove, .fixed, .dontUnmap]), address & 4095 == 0, newPages > 0,
      newPages << 12 <= limit
    else { throw .invalid }
    let old = PageRange(start: Int(address >> 12), count: Int(oldPages))
    let count = Int(newPages)
    defer { note(.systemCall("mremap", page: old.start, count: count), task) }
    if !flags.isDisjoint(with: [.fixed, .dontUnmap]) {
      guard target <= limit - newPages << 12, target & 4095 == 0, flags.contains(.mayMove),
        !flags.contains(.dontUnmap) || oldPages == newPages,
        address >= target + newPages << 12 || target >= address &+ oldPages << 12
      else { throw .invalid }
      if flags.contains(.fixed), old.count == count {
        return try moveAreas(task, old, flags, target)
      }
      try checkRemap(space, old, count)
      return try moveArea(task, old, count, flags, target)
    }
    guard let area = spaces[space].areas.area(containing: old.start) else { throw .fault }
    if area.flags.contains(.hugeTLB) { throw .invalid }
    if count == old.count { return address }
    if count < old.count {
      try cutRemap(space, old, count)
      return address
    }
    try checkRemap(space, old, count)
    if old.count > 0, try expandArea(task, area, old, count) { return address }
    guard flags.contains(.mayMove) else { throw .noMemory }
    return try moveArea(task, old, count, flags, 0)
  }

  /// Whether pages may move or grow: what remains of them must lie in one area, and only shared ones
  /// can be mapped a second time, which is what an old length of 0 asks for.
  private func checkRemap(_ space: SpaceID, _ old: PageRange, _ count: Int) throws(Errno) {
    guard let area = spaces[space].areas.area(containing: old.start) else { throw .fault }
    if old.count == 0, !area.isShared { throw .invalid }
    if min(old.count, count) > area.end - old.start { throw .fault }
  }

  /// Unmaps what is too long, with munmap's errors.
  private mutating func cutRemap(
    _ space: SpaceID, _ old: PageRange, _ count: Int
  ) throws(Errno) {
    guard old.end <= AddressSpace.userPages else { throw .invalid }
    try unmapPages(space, PageRange(start: old.start + count, count: old.count - count))
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
      populate(task, more)
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

  /// Moves every area in `old` by the same distance; what lies where holes come to lie stays. The
  /// first page must be mapped.
  private mutating func moveAreas(
    _ task: TaskID, _ old: PageRange, _ flags: RemapFlags, _ target: UInt64
  ) throws(Errno) -> UInt64 {
    let space = tasks[task].space
    guard spaces[space].areas.area(containing: old.start) != nil else { throw .fault }
    var page = old.start
    while page < old.end {
      guard let area = spaces[space].areas[spaces[space].areas.position(endingAfter: page)],
        area.start < old.end
      else { break }
      let part = area.range.intersection(PageRange(start: page, count: old.end - page))
      let place = target + UInt64(part.start - old.start) << 12
      _ = try moveArea(task, part, part.count, flags, place)
      page = part.end
    }
    return target
  }

  /// Moves pages `old` of one area, which may get another count of pages, to another place.
  private mutating func moveArea(
    _ task: TaskID, _ old: PageRange, _ count: Int, _ flags: RemapFlags, _ target: UInt64
  ) throws(Errno) -> UInt64 {
    let space = tasks[task].space
    guard spaces[space].areas.count < configuration.maxMapCount - 3 else { throw .noMemory }
    if spaces[space].areas.area(containing: old.start)?.flags.contains(.hugeTLB) == true {
      throw .invalid
    }
    if let area = spaces[space].areas.area(containing: old.start), count > old.count {
      try checkGrowth(area, count - old.count, space)
    }
    if flags.contains(.fixed) {
      try unmapPages(space, PageRange(start: Int(target >> 12), count: count))
      guard spaces[space].areas.area(containing: old.start) != nil else { throw .fault }
      if old.count > count { try cutRemap(space, old, count) }
    }
    // Making room may have cut or removed the area itself.
    guard let area = spaces[space].areas.area(containing: old.start) else { throw .fault }
    let start =
      flags.contains(.fixed)
      ? Int(target >> 12)
      : try placeArea(space, target, count, isFixed: false, !area.isAnonymous)
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
    insertArea(copy, space)
    mergeAreas(space, at: copy.start)
    mergeAreas(space, at: copy.end)
    if moved.count > 0 {
      do throws(Errno) {
        try moveEntries(space, moved, to: start)
      } catch {
        try? unmapPages(space, PageRange(start: start, count: count))
        throw error
      }
      if flags.contains(.dontUnmap) {
        leave(space, moved)
      } else {
        splitArea(space, at: moved.start)
        splitArea(space, at: moved.end)
        for piece in spaces[space].areas.areas(in: moved) { removeArea(piece, space) }
      }
    }
    if copy.flags.contains(.locked), !copy.flags.contains(.lockOnFault), count > moved.count {
      populate(task, PageRange(start: start + moved.count, count: count - moved.count))
    }
    return UInt64(start) << 12
  }

  /// What MREMAP_DONTUNMAP leaves: the area without its pages. It is no longer locked, even where it
  /// has pages that stayed, and begins anew when none did.
  private mutating func leave(_ space: SpaceID, _ moved: PageRange) {
    guard let source = spaces[space].areas.area(containing: moved.start) else { return }
    var left = source
    left.flags.subtract([.locked, .lockOnFault])
    if source.range == moved { left.anonymous = nil }
    if left != source { replaceArea(source, with: [left], space) }
    if source.flags.contains(.locked) { makeEvictable(space, source.range) }
  }

  /// Moves the entries of pages to equally many pages that have none; ENOMEM, and nothing moved, when
  /// there is no frame for a table.
  private mutating func moveEntries(
    _ space: SpaceID, _ old: PageRange, to target: Int
  ) throws(Errno) {
    guard makeTables(space, old, at: target) else {
      dropTables(space, old, at: target)
      throw .noMemory
    }
    var gather = FlushGather(space)
    var page = old.start
    while page < old.end {
      page = max(page, nextMappedPage(space, page, before: old.end))
      if page < old.end, moveHuge(page, old, to: target, &gather) {
        page += Self.hugePages
        continue
      }
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
      page = max(page, nextMappedPage(space, page, before: range.end))
      guard page < range.end else { return }
      pruneTables(space, page)
      page = (page >> 9 + 1) << 9
    }
  }
}
