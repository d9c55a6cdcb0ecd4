internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// madvise. Holes are passed over and reported with ENOMEM at the end; the first error of an area
  /// ends the call.
  ///
  /// Errors: EINVAL (address not on a page, unknown advice, advice that the area cannot follow, the
  /// huge-page advices where the kernel has no huge pages), ENOMEM (holes; populating without a frame), EFAULT (populating past a file's end).
  public mutating func madvise(
    _ task: TaskID, _ address: UInt64, length: UInt64, _ advice: Advice
  ) throws(Errno) {
    let space = try space(of: task)
    guard isKnown(advice), address & 4095 == 0 else { throw .invalid }
    guard length <= .max - 4095 else { throw .invalid }
    let bytes = (length + 4095) & ~4095
    guard address <= .max - bytes else { throw .invalid }
    guard bytes > 0 else { return }
    elapsed += costs.systemCall
    let range = PageRange(start: Int(address >> 12), count: Int(bytes >> 12))
    defer { note(.systemCall("madvise", page: range.start, count: range.count), task) }
    if advice == .populateRead || advice == .populateWrite {
      return try populateStrictly(task, range, advice)
    }
    var page = range.start
    var hasHole = false
    for area in spaces[space].areas.areas(in: range) {
      if area.start > page { hasHole = true }
      let current = spaces[space].areas.area(containing: max(area.start, range.start)) ?? area
      try advise(task, current, range.intersection(area.range), advice)
      page = area.end
    }
    if hasHole || page < range.end { throw .noMemory }
  }

  private func isKnown(_ advice: Advice) -> Bool {
    Self.knownAdvice.contains(advice)
      || huge.settings != nil && Self.hugeAdvice.contains(advice)
  }

  private static let hugeAdvice: Set<Advice> = [.hugePage, .noHugePage, .collapse]

  private static let knownAdvice: Set<Advice> = [
    .normal, .random, .sequential, .willNeed, .dontNeed, .free, .dontFork, .doFork, .dontDump,
    .doDump, .wipeOnFork, .keepOnFork, .cold, .pageOut, .populateRead, .populateWrite,
    .dontNeedLocked,
  ]

  private mutating func advise(
    _ task: TaskID, _ area: Area, _ part: PageRange, _ advice: Advice
  ) throws(Errno) {
    let space = tasks[task].space
    if huge.hasPools, let object = hugetlb(of: area) {
      // Whole hugetlb pages only, and only what does not need LRU lists.
      guard part.start & (object.size.pages - 1) == 0, ![.cold, .pageOut].contains(advice) else {
        throw .invalid
      }
      let end = part.end & ~(object.size.pages - 1)
      if advice == .dontNeed || advice == .dontNeedLocked {
        var gather = FlushGather(space)
        if end > part.start {
          zapPages(area, PageRange(start: part.start, count: end - part.start), &gather)
        }
        return finish(&gather)
      }
      guard end == part.end else { throw .invalid }
    }
    switch advice {
    case .normal: changeAreas(space, part) { $0.subtract([.random, .sequential]) }
    case .random:
      changeAreas(space, part) { flags in
        flags.remove(.sequential)
        flags.insert(.random)
      }
    case .sequential:
      changeAreas(space, part) { flags in
        flags.remove(.random)
        flags.insert(.sequential)
      }
    case .dontFork: changeAreas(space, part) { $0.insert(.dontCopy) }
    case .doFork: changeAreas(space, part) { $0.remove(.dontCopy) }
    case .dontDump: changeAreas(space, part) { $0.insert(.dontDump) }
    case .doDump: changeAreas(space, part) { $0.remove(.dontDump) }
    case .wipeOnFork:
      guard area.isAnonymous, !area.isShared else { throw .invalid }
      changeAreas(space, part) { $0.insert(.wipeOnFork) }
    case .keepOnFork: changeAreas(space, part) { $0.remove(.wipeOnFork) }
    case .dontNeed, .dontNeedLocked:
      guard advice == .dontNeedLocked || !area.flags.contains(.locked) else { throw .invalid }
      var gather = FlushGather(space)
      zapPages(area, part, &gather)
      finish(&gather)
    case .free:
      guard area.isAnonymous, !area.isShared, !area.flags.contains(.locked) else { throw .invalid }
      markLazyFree(space, part)
    case .cold, .pageOut:
      guard !area.flags.contains(.locked) else { throw .invalid }
      try makeCold(space, area, part, pageOut: advice == .pageOut)
    case .willNeed: prefetch(space, area, part)
    case .collapse: try collapse(space, area, part)
    case .hugePage:
      changeAreas(space, part) { flags in
        flags.remove(.noHugePage)
        flags.insert(.hugePage)
      }
    case .noHugePage:
      changeAreas(space, part) { flags in
        flags.remove(.hugePage)
        flags.insert(.noHugePage)
      }
    default: throw .invalid
    }
  }

  /// MADV_FREE: pages that reclaim may drop unless they are written first.
  private mutating func markLazyFree(_ space: SpaceID, _ range: PageRange) {
    var gather = FlushGather(space)
    // Behind the folio that was given up as a whole.
    var done = 0
    forEachEntry(
      space, range,
      large: { machine, pages, place in
        guard machine.isAlone(pages, place) else { return !machine.splitsForAdvice(place) }
        var clean = machine.contents.entry(place.table, place.slot)
        clean.clear([.dirty, .accessed])
        machine.contents.setEntry(clean, place.table, place.slot)
        machine.changeLRU(clean.frame) { flags in
          flags.subtract([.active, .referenced, .dirty])
          flags.insert(.lazyFree)
        }
        machine.counters.pglazyfree &+= UInt64(Self.hugePages)
        gather.add(pages.start, through: pages.end - 1)
        return true
      }
    ) { machine, page, place in
      guard page >= done else { return }
      if let head = machine.wholeSmallFolio(page, place, before: range.end) {
        done = page + machine.memory.frames.folioFrames(of: head)
        machine.clearBits([.dirty, .accessed], place, of: head)
        machine.changeLRU(head) { flags in
          flags.subtract([.active, .referenced, .dirty])
          flags.insert(.lazyFree)
        }
        machine.counters.pglazyfree &+= UInt64(done - page)
        gather.add(page, through: done - 1)
        return
      }
      machine.splitPart(place)
      let entry = machine.contents.entry(place.table, place.slot)
      if let swap = SwapEntry(entry) {
        machine.setEntry(.none, at: place)
        machine.dropSwap(swap)
        machine.spaces[space].resident.swapped -= 1
        return
      }
      guard entry.mapsFrame, entry.isPlain,
        machine.memory.frames.state(of: entry.frame) == .movable,
        machine.memory.frames.mappings(of: entry.frame) == 1,
        machine.freeSlot(of: entry.frame)
      else { return }
      var clean = entry
      clean.clear([.dirty, .accessed])
      machine.contents.setEntry(clean, place.table, place.slot)
      machine.changeLRU(entry.frame) { flags in
        flags.subtract([.active, .referenced, .dirty])
        flags.insert(.lazyFree)
      }
      machine.counters.pglazyfree &+= 1
      gather.add(page)
    }
    finish(&gather)
    pruneEmptyTables(space, range)
  }

  /// MADV_POPULATE_READ and _WRITE: faults every page in, and says why one could not be had.
  private mutating func populateStrictly(
    _ task: TaskID, _ range: PageRange, _ advice: Advice
  ) throws(Errno) {
    let space = tasks[task].space
    let access: AccessKind = advice == .populateWrite ? .write : .read
    for page in range.start..<range.end {
      guard let area = spaces[space].areas.area(containing: page) else { throw .noMemory }
      guard area.flags.contains(access.right) else { throw .invalid }
      switch populatePage(task, area, page, access) {
      case .done: break
      case .beyondFile: throw .fault
      case .outOfMemory: throw .noMemory
      }
    }
  }
}
