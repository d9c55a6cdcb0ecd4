internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// mprotect: gives pages other rights. What comes before a hole is changed, and the call fails then.
  ///
  /// Errors: EINVAL (address not on a page), ENOMEM (a page without an area, too many areas), EACCES
  /// (writing to a shared file that was opened for reading).
  public mutating func mprotect(
    _ task: TaskID, _ address: UInt64, length: UInt64, _ protection: Protection
  ) throws(Errno) {
    let space = try space(of: task)
    guard address & 4095 == 0 else { throw .invalid }
    guard length > 0 else { return }
    guard length <= UInt64.max - 4095, address <= .max - (length + 4095) else { throw .noMemory }
    guard protection.subtracting([.read, .write, .execute, Protection(rawValue: 8)]).isEmpty else {
      throw .invalid
    }
    elapsed += costs.systemCall
    let start = Int(address >> 12)
    let range = PageRange(start: start, count: Int((length + 4095) >> 12))
    var page = start
    for area in spaces[space].areas.areas(in: range) {
      guard area.start <= page else { throw .noMemory }
      try protect(task, area, range.intersection(area.range), protection)
      page = area.end
    }
    guard page >= range.end else { throw .noMemory }
    note(.systemCall("mprotect", page: range.start, count: range.count), task)
  }

  /// Gives a part of one area other rights.
  private mutating func protect(
    _ task: TaskID, _ area: Area, _ part: PageRange, _ protection: Protection
  ) throws(Errno) {
    let space = tasks[task].space
    let right = AreaFlags(protection)
    let wanted = AreaFlags(rawValue: right.rawValue << 4)
    guard area.flags.isSuperset(of: wanted) else { throw .access }
    let flags = area.flags.subtracting(.accessMask).union(right)
    guard flags != area.flags else { return }
    // Private memory that becomes writable counts from here on.
    let accounts =
      flags.contains(.write)
      && area.flags.isDisjoint(with: [.account, .write, .shared, .noReserve])
    // Anonymous memory that never had a page stops counting.
    let forgets = !flags.contains(.write) && area.isAnonymous && area.anonymous == nil
    if accounts {
      var counted = area.clipped(to: part)
      counted.flags.insert(.account)
      try checkCommit(counted)
    }
    let cuts = (area.start < part.start ? 1 : 0) + (part.end < area.end ? 1 : 0)
    try checkHugetlb(space, part)
    guard spaces[space].areas.count + cuts <= configuration.maxMapCount else { throw .noMemory }
    changeAreas(space, part) { flags in
      flags = flags.subtracting(.accessMask).union(right)
      if accounts { flags.insert(.account) }
      if forgets { flags.remove(.account) }
    }
    guard let changed = spaces[space].areas.area(containing: part.start) else { return }
    if changed.flags.contains(.hugeTLB) { return protectHugetlb(space, changed, part) }
    changeEntries(space, changed, part)
    // Locked memory that can be written now is made present as such.
    if flags.contains(.write),
      area.flags.intersection([.write, .shared, .locked, .lockOnFault]) == .locked
    {
      populate(task, part)
    }
  }

  /// Rewrites the entries of pages whose area has got other rights.
  private mutating func changeEntries(_ space: SpaceID, _ area: Area, _ range: PageRange) {
    var gather = FlushGather(space)
    forEachEntry(
      space, range,
      large: { machine, pages, place in
        guard pages.count == Self.hugePages else { return false }
        let old = machine.contents.entry(place.table, place.slot)
        var new = old
        new.clear([.present, .writable, .user, .executeDisable, .inaccessible])
        new.set(
          machine.bits(of: area, pages.start, frame: old.frame, isSpecial: old.has(.special)))
        guard new != old else { return true }
        machine.contents.setEntry(new, place.table, place.slot)
        gather.add(pages.start, through: pages.end - 1)
        return true
      }
    ) { machine, page, place in
      let old = machine.contents.entry(place.table, place.slot)
      guard old.mapsFrame else { return }
      var new = old
      new.clear([.present, .writable, .user, .executeDisable, .inaccessible])
      new.set(machine.bits(of: area, page, frame: old.frame, isSpecial: old.has(.special)))
      guard new != old else { return }
      machine.contents.setEntry(new, place.table, place.slot)
      gather.add(page)
    }
    finish(&gather)
  }

  /// Bits of an entry for a frame that is there already: P, U/S, XD, and R/W where a write needs no
  /// fault.
  // Inlined, as are others that every fault calls: a call of a function that does not change the machine
  // copies all of it first.
  @inline(__always)
  func bits(
    of area: Area, _ page: Int, frame: FrameNumber, isSpecial: Bool
  ) -> EntryBits {
    guard !area.flags.isDisjoint(with: .accessMask) else { return .inaccessible }
    var bits: EntryBits = [.present, .user]
    if !area.flags.contains(.execute) { bits.insert(.executeDisable) }
    if area.flags.contains(.write), !isSpecial {
      if area.isShared {
        // The first write to a clean page of a file is noticed; shared memory has no such need.
        if memory.frames.has(.dirty, frame) || memory.frames.has(.swapBacked, frame) {
          bits.insert(.writable)
        }
      } else if memory.frames.has(.anonExclusive, frame) {
        bits.insert(.writable)
      }
    }
    return bits
  }

  /// Visits the words of all pages in `range` that have a leaf table.
  /// - Parameter large: called for a leaf of 2 MiB first, with the pages of it that lie in the range;
  ///   where it answers false the leaf is split and its parts are visited.
  mutating func forEachEntry(
    _ space: SpaceID, _ range: PageRange,
    large: (inout Machine, PageRange, EntrySlot) -> Bool,
    _ body: (inout Machine, Int, EntrySlot) -> Void
  ) {
    var page = range.start
    while page < range.end {
      page = max(page, nextMappedPage(space, page, before: range.end))
      let blockEnd = min((page &>> 9 &+ 1) &<< 9, range.end)
      if page < range.end, huge.hasPools, let (place, level) = largeSlot(space, page),
        memory.frames.state(of: contents.entry(place.table, place.slot).frame) == .hugePage
      {
        page = (page >> (9 * level) + 1) << (9 * level)
        continue
      }
      if page < range.end, let place = hugeSlot(space, page) {
        if large(&self, PageRange(start: page, count: blockEnd - page), place) {
          page = blockEnd
          continue
        }
        splitHugeLeaf(space, page)
      }
      guard page < range.end, let table = leafTable(space, page) else { return }
      while page < blockEnd {
        body(&self, page, EntrySlot(table: table, slot: page & 511))
        page &+= 1
      }
    }
  }
}
