internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Checks all invariants: frames are conserved, tables, areas and counts agree, and the reverse map
  /// leads from every entry's frame to the entry and from every frame to all its entries. Ends the
  /// process with one line at the first that does not hold; takes time in proportion to what is mapped.
  public mutating func validate() {
    memory.zone.allocator.validate()
    var census = Census()
    census.kernelFrames = 1
    for space in spaces.all { validate(space, &census) }
    let committed =
      spaces.all.reduce(0) { $0 + spaces[$1].accountedPages }
      + files.all.reduce(0) { $0 + files[$1].committedPages }
    expect(committed == committedPages, "committed pages are miscounted", committed)
    countKernelTables(kernelRoot, rootLevel, &census)
    validateTLBs()
    for task in tasks.all where tasks[task].kernelStack != nil { census.kernelFrames += 4 }
    validateFiles(&census)
    validateFileSystem()
    validateSwap(&census)
    validateLists()
    for frame in pins.keys {
      census.frames[frame, default: 0] += 0
      if memory.frames.isInFolio(frame) { census.folios.insert(memory.frames.head(of: frame)) }
    }
    validateFrames(census)
    census.kernelFrames += kernelBlocks.frames
    for block in kernelBlocks.orders.keys {
      expect(!memory.zone.allocator.isFree(block), "a block of the kernel is free", block.index)
    }
    census.kernelFrames += validatePools()
    if huge.zeroFolio != nil { census.kernelFrames += Self.hugePages }
    let used = census.tables + census.kernelFrames + pageCount(census)
    expect(
      used + memory.freeFrames == memory.range.count, "frames are lost or counted twice",
      used + memory.freeFrames)
  }

  /// What a walk over everything has seen.
  struct Census {
    /// Entries, by the frame that they map.
    var frames: [FrameNumber: Int] = [:]
    /// Leaves of 2 MiB, by the head of the folio that they map.
    var wholes: [FrameNumber: Int] = [:]
    /// Heads of all folios.
    var folios: Set<FrameNumber> = []
    /// Leaves of 2 MiB of the address space that is looked at.
    var hugeLeaves = 0
    var hugetlbLeaves = 0
    /// References, by the slot to which they refer.
    var slots: [UInt32: Int] = [:]
    var tables = 0
    var kernelFrames = 0
    var seenInSpace = ResidentCounters()
  }

  private mutating func validate(_ space: SpaceID, _ census: inout Census) {
    var end = 0
    var pages = 0
    var locked = 0
    var accounted = 0
    for area in spaces[space].areas.areas(in: Self.wholeSpace) {
      expect(area.start >= end && area.end > area.start, "areas overlap", area.start)
      end = area.end
      pages += area.count
      if area.flags.contains(.locked) { locked += area.count }
      if area.flags.contains(.account) { accounted += area.count }
      if let file = area.file { expect(files.has(file), "an area's file is gone", area.start) }
    }
    expect(pages == spaces[space].areas.pageCount, "the pages of areas are miscounted", pages)
    expect(locked == spaces[space].lockedPages, "locked pages are miscounted", locked)
    expect(
      accounted == spaces[space].accountedPages, "accounted pages are miscounted", accounted)
    census.seenInSpace = ResidentCounters()
    census.hugeLeaves = 0
    census.hugetlbLeaves = 0
    let tables = census.tables
    validateDeposits(space, &census)
    validate(table: spaces[space].root, rootLevel, 0, space, &census)
    expect(
      census.tables - tables == spaces[space].tablePages, "page tables are miscounted",
      census.tables - tables)
    expect(
      census.seenInSpace == spaces[space].resident, "resident pages are miscounted",
      census.seenInSpace.total)
    expect(
      census.hugetlbLeaves == spaces[space].hugetlbLeaves, "hugetlb leaves are miscounted",
      census.hugetlbLeaves)
    expect(
      census.hugeLeaves == spaces[space].hugeLeaves, "huge leaves are miscounted",
      census.hugeLeaves)
  }

  private mutating func validate(
    table: FrameNumber, _ level: Int, _ firstPage: Int, _ space: SpaceID, _ census: inout Census
  ) {
    census.tables += 1
    let owner = memory.frames.owner(of: table)
    expect(
      owner.state == .pageTable && owner.object == space.rawValue,
      "the frame of a table has another owner", firstPage)
    expect(!memory.zone.allocator.isFree(table), "the frame of a table is free", firstPage)
    var used = 0
    for slot in 0..<(level == rootLevel ? 256 : 512) {
      let entry = contents.entry(table, slot)
      guard !entry.isNone else { continue }
      used += 1
      let page = firstPage + slot << (9 * level)
      if level > 0, entry.has(.pageSize) {
        if spaces[space].areas.area(containing: page)?.flags.contains(.hugeTLB) == true {
          validateHugetlb(entry, page, level, space, &census)
        } else {
          expect(level == 1, "a leaf on a level that has none", page)
          validateHuge(entry, page, space, &census)
        }
      } else if level > 0 {
        validate(table: entry.frame, level - 1, page, space, &census)
      } else {
        validate(entry, page, space, &census)
      }
    }
    expect(
      used == memory.frames.mappings(of: table), "the entries of a table are miscounted", firstPage)
    expect(
      used > 0 || level == rootLevel || waitsForPruning(space, firstPage, level),
      "an empty table is kept", firstPage)
  }

  /// Whether reclaim has emptied a table that goes with the next fault.
  private func waitsForPruning(_ space: SpaceID, _ firstPage: Int, _ level: Int) -> Bool {
    let shift = 9 * (level + 1)
    return emptiedTables.contains { $0.space == space && $0.page >> shift == firstPage >> shift }
  }

  /// From an entry to its frame.
  private mutating func validate(
    _ entry: PageTableEntry, _ page: Int, _ space: SpaceID, _ census: inout Census
  ) {
    guard let area = spaces[space].areas.area(containing: page) else {
      return expect(false, "a page has an entry and no area", page)
    }
    guard entry.mapsFrame else {
      census.seenInSpace.swapped += 1
      guard let swapEntry = SwapEntry(entry) else {
        return expect(false, "an entry is neither a page nor swap", page)
      }
      census.slots[swapEntry.slot, default: 0] += 1
      return
    }
    if entry.has(.special) {
      expect(entry.frame == zeroFrame && !entry.isWritable, "the zero page is writable", page)
      return
    }
    let frame = entry.frame
    let owner = memory.frames.owner(of: frame)
    census.frames[frame, default: 0] += 1
    expect(
      entry.has(.folio) == memory.frames.isInFolio(frame), "an entry is wrong about a folio", page)
    if entry.has(.folio) { census.folios.insert(memory.frames.head(of: frame)) }
    expect(!memory.zone.allocator.isFree(frame), "the frame of a page is free", page)
    expect(
      !entry.isWritable || area.flags.contains(.write), "an entry allows what its area does not",
      page)
    if owner.state == .movable {
      census.seenInSpace.anonymous += 1
      expect(Int(owner.index) == area.backingIndex(page), "the way back has another index", page)
      expect(
        !entry.isWritable || memory.frames.mappingsInAll(of: frame) == 1,
        "a shared private page is writable", page)
    } else {
      census.seenInSpace.file += 1
      expect(
        owner.state == .fileCache && owner.object == area.file?.rawValue
          && Int(owner.index) == area.backingIndex(page), "a file's page is another one", page)
      expect(!entry.isWritable || area.isShared, "a private page of a file is writable", page)
    }
    expect(
      mappings(of: frame).contains(Mapping(space: space, page: page)),
      "the reverse map misses an entry", page)
  }

  private mutating func countKernelTables(
    _ table: FrameNumber, _ level: Int, _ census: inout Census
  ) {
    census.kernelFrames += 1
    for slot in 0..<512 {
      let entry = contents.entry(table, slot)
      if entry.isPresent, level > 0, !entry.has(.pageSize) {
        countKernelTables(entry.frame, level - 1, &census)
      }
    }
  }

  private mutating func validateFiles(_ census: inout Census) {
    for file in files.all {
      for (index, frame) in files[file].pages.pages(in: 0..<Int.max) {
        let owner = memory.frames.owner(of: frame)
        census.frames[frame, default: 0] += 0
        expect(
          owner.state == .fileCache && owner.object == file.rawValue && Int(owner.index) == index,
          "a cached page's frame has another owner", index)
      }
      for (index, slot) in files[file].swapped {
        census.slots[slot, default: 0] += 1
        expect(
          files[file].pages[index] == nil, "a page is in memory and in swap at once", index)
      }
    }
  }

  /// Slots: their references are those that were found, and frames and swap cache agree.
  private mutating func validateSwap(_ census: inout Census) {
    if let slot = swap.firstFault(census.slots) {
      expect(false, "a swap slot is miscounted", slot)
    }
    for (slot, frame) in swap.cached {
      census.frames[frame, default: 0] += 0
      expect(
        memory.frames.has(.swapCache, frame), "a frame of the swap cache has no mark", Int(slot))
      expect(
        memory.frames.state(of: frame) == .movable, "a frame of the swap cache is a file's",
        Int(slot))
      expect(!memory.zone.allocator.isFree(frame), "a frame of the swap cache is free", Int(slot))
    }
  }

  /// Every frame on a list belongs there by its flags and its group.
  private func validateLists() {
    for group in groups.indices {
      for kind in LRULists.Kind.allCases {
        var count = 0
        var next = groups[group].lists[kind].front
        while let frame = next {
          count += memory.frames.folioFrames(of: frame)
          let flags = memory.frames.flags(of: frame)
          expect(
            flags.contains(.lru) && Self.list(for: flags) == kind,
            "a frame is on another list than its flags say", frame.index)
          expect(
            Int(memory.frames.owner(of: frame).group) == group,
            "a frame is on the list of another group", frame.index)
          next = memory.frames.next(after: frame)
        }
        expect(count == groups[group].lists[kind].count, "a list is miscounted", count)
      }
    }
  }

  /// From a frame to its entries.
  private mutating func validateFrames(_ census: Census) {
    for (frame, entries) in census.frames where !memory.frames.isInFolio(frame) {
      let count = memory.frames.mappings(of: frame)
      expect(Int(count) == entries, "a frame's mappings are miscounted", frame.index)
      expect(
        mappings(of: frame).count == entries, "the reverse map has other entries", frame.index)
      expect(memory.frames.has(.lru, frame), "a user frame is on no list", frame.index)
      let isCached =
        memory.frames.state(of: frame) == .fileCache || memory.frames.has(.swapCache, frame)
      expect(
        Int(memory.frames.references(to: frame))
          == entries + (isCached ? 1 : 0) + pins[frame, default: 0],
        "a frame's references are miscounted", frame.index)
      expect(
        memory.frames.has(.swapCache, frame) == (swap.slot(of: frame) != nil),
        "a frame has a mark and no slot, or a slot and no mark", frame.index)
    }
    let pages = validateFolios(census)
    let listed = groups.reduce(0) { sum, group in
      sum + LRULists.Kind.allCases.reduce(0) { $0 + group.lists[$1].count }
    }
    expect(listed == pages, "the LRU lists have other frames", listed)
    expect(
      groups.reduce(0) { $0 + $1.charged } == listed, "groups are charged for other frames", listed)
  }

  func expect(_ holds: Bool, _ message: StaticString, _ number: Int) {
    if !holds { fatalError("machine: \(message): \(number)") }
  }
}
