internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// munmap: takes areas or parts of them away, with their frames. Pages without an area are no error.
  ///
  /// Errors: EINVAL (address not on a page, no length, beyond the user half, a part of a hugetlb page),
  /// ENOMEM (cutting an area
  /// would make too many).
  public mutating func munmap(_ task: TaskID, _ address: UInt64, length: UInt64) throws(Errno) {
    let space = try space(of: task)
    let limit = UInt64(AddressSpace.userPages) << 12
    guard address & 4095 == 0, address <= limit, length <= limit - address, length > 0 else {
      throw .invalid
    }
    let range = PageRange(start: Int(address >> 12), count: Int((length + 4095) >> 12))
    try unmapPages(space, range)
    note(.systemCall("munmap", page: range.start, count: range.count), task)
    elapsed += costs.systemCall
  }

  /// Takes areas and pages in `range` away.
  mutating func unmapPages(_ space: SpaceID, _ range: PageRange) throws(Errno) {
    let areas = spaces[space].areas.areas(in: range)
    guard let first = areas.first else { return }
    // Only a hole in the middle of an area makes one more.
    if areas.count == 1, first.start < range.start, first.end > range.end,
      spaces[space].areas.count >= configuration.maxMapCount
    {
      throw .noMemory
    }
    try checkHugetlb(space, range)
    splitArea(space, at: range.start)
    splitArea(space, at: range.end)
    var gather = FlushGather(space)
    for area in spaces[space].areas.areas(in: range) {
      zapPages(area, area.range, &gather)
      leaveHugetlb(area)
      removeArea(area, space)
    }
    finish(&gather)
  }

  /// Takes the entries of pages of one area away; their frames go when the gather is finished.
  mutating func zapPages(_ area: Area, _ range: PageRange, _ gather: inout FlushGather) {
    let space = gather.space
    if area.flags.contains(.hugeTLB) { return zapHugetlb(area, range, &gather) }
    // Reclaim finds out whether another locked area maps them.
    if area.flags.contains(.locked) { makeEvictable(space, range) }
    var page = range.start
    while page < range.end {
      page = max(page, nextMappedPage(space, page, before: range.end))
      guard page < range.end else { return }
      let blockEnd = min((page &>> 9 &+ 1) &<< 9, range.end)
      if let place = wholeHugeSlot(space, page, range) {
        zapHuge(page, place, &gather)
        pruneTables(page, &gather)
        page = blockEnd
        continue
      }
      if let table = leafTable(space, page) {
        zap(table, page, blockEnd, &gather)
        if memory.frames.mappings(of: table) == 0 { pruneTables(page, &gather) }
      }
      page = blockEnd
    }
  }

  /// Entries of one leaf table.
  private mutating func zap(
    _ table: FrameNumber, _ start: Int, _ end: Int, _ gather: inout FlushGather
  ) {
    let block = start & ~511
    let taken = contents.takeEntries(
      table, from: start &- block, to: end &- block, into: &gather.entries)
    if taken.count > 0 { gather.add(block &+ taken.first, through: block &+ taken.last) }
    memory.frames.addMappings(-taken.count, to: table)
    if taken.others > 0 { zapOthers(table, start, end, &gather) }
    if gather.entries.count &+ gather.parts.count >= FlushGather.batch { finish(&gather) }
  }

  /// Entries of pages in swap and of frames of folios, the only ones left.
  @inline(never)
  private mutating func zapOthers(
    _ table: FrameNumber, _ start: Int, _ end: Int, _ gather: inout FlushGather
  ) {
    for page in start..<end {
      let entry = contents.entry(table, page & 511)
      guard !entry.isNone else { continue }
      setEntry(.none, at: EntrySlot(table: table, slot: page & 511))
      if entry.mapsFrame {
        gather.parts.append(entry)
        gather.add(page)
      } else if let swap = SwapEntry(entry) {
        dropSwap(swap)
        spaces[gather.space].resident.swapped -= 1
      }
    }
  }
}
