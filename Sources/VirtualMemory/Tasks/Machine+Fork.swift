internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// fork: a new task with a copy of the areas and of the entries that cannot be made again by a
  /// fault. Private pages become read-only on both sides.
  ///
  /// Errors: ENOMEM; nothing is left of the child then.
  public mutating func fork(_ parent: TaskID) throws(Errno) -> TaskID {
    while true {
      let refusals = self.refusals
      do {
        return try makeFork(parent)
      } catch {
        try killForCall(parent, refusals, error)
      }
    }
  }

  private mutating func makeFork(_ parent: TaskID) throws(Errno) -> TaskID {
    let old = try space(of: parent)
    let space = try makeSpace(spaces[old].group)
    do {
      try copyAreas(old, space)
      let child = try makeTask(tasks[parent].name, space, parent: parent)
      shareOpenFiles(parent, with: child)
      let adjustment = tasks[parent].oomScoreAdjustment
      tasks[child].oomScoreAdjustment = adjustment
      let pages = spaces[space].mappedPages
      note(.systemCall("fork", page: 0, count: pages), parent)
      elapsed += costs.systemCall
      return child
    } catch {
      dropSpace(space)
      throw error
    }
  }

  /// clone with CLONE_VM: a new task in the same address space, with a copy of the table of open files.
  ///
  /// Errors: ENOMEM.
  public mutating func clone(_ task: TaskID) throws(Errno) -> TaskID {
    let space = try space(of: task)
    let thread = try makeTask(tasks[task].name, space, parent: task)
    spaces[space].users += 1
    shareOpenFiles(task, with: thread)
    note(.systemCall("clone", page: 0, count: 0), task)
    elapsed += costs.systemCall
    return thread
  }

  private mutating func copyAreas(_ old: SpaceID, _ new: SpaceID) throws(Errno) {
    let layout = spaces[old]
    spaces[new].inheritLayout(layout)
    var gather = FlushGather(old)
    defer { finish(&gather) }
    for area in spaces[old].areas.areas(in: Self.wholeSpace)
    where !area.flags.contains(.dontCopy) {
      var copy = area
      copy.flags.subtract([.locked, .lockOnFault])
      if area.flags.contains(.wipeOnFork) { copy.anonymous = nil }
      try checkCommit(copy)
      if area.flags.contains(.hugeTLB), let file = forkHugetlb(area) {
        copy.file = file
        insertArea(copy, new)
        dropFile(file)
        continue
      }
      guard let object = copy.anonymous else {
        // What the backing holds comes back by faults.
        insertArea(copy, new)
        continue
      }
      copy.anonymous = anonymous.make(below: object)
      insertArea(copy, new)
      try copyEntries(area, old, new, &gather)
    }
  }

  private mutating func copyEntries(
    _ area: Area, _ old: SpaceID, _ new: SpaceID, _ gather: inout FlushGather
  ) throws(Errno) {
    var page = area.start
    while page < area.end {
      page = max(page, nextMappedPage(old, page, before: area.end))
      let blockEnd = min((page &>> 9 &+ 1) &<< 9, area.end)
      if page < area.end, let place = hugeSlot(old, page) {
        try copyHuge(area, page, place, new, &gather)
        page = blockEnd
        continue
      }
      guard page < area.end else { return }
      try copySmall(area, page, new, &gather)
      page = blockEnd
    }
  }

  /// Copies the entries of the leaf table of `page`, from there on.
  mutating func copySmall(
    _ area: Area, _ page: Int, _ new: SpaceID, _ gather: inout FlushGather
  ) throws(Errno) {
    let blockEnd = min((page &>> 9 &+ 1) &<< 9, area.end)
    guard let target = makeLeafTable(new, page) else { throw .noMemory }
    if let source = leafTable(gather.space, page) {
      copyEntries(area, page..<blockEnd, (source, target), new, &gather)
    }
    if memory.frames.mappings(of: target) == 0 { pruneTables(new, page) }
  }

  /// Copies the entries of one leaf table.
  private mutating func copyEntries(
    _ area: Area, _ pages: Range<Int>, _ tables: (source: FrameNumber, target: FrameNumber),
    _ new: SpaceID, _ gather: inout FlushGather
  ) {
    let protects = !area.isShared
    let block = pages.lowerBound & ~511
    var frames: [FrameNumber] = []
    let shared = contents.shareEntries(
      tables.source, with: tables.target, from: pages.lowerBound - block,
      to: pages.upperBound - block, protects: protects, frames: &frames)
    if !shared.protected.isEmpty {
      gather.add(
        block + shared.protected.lowerBound, through: block + shared.protected.upperBound - 1)
    }
    let file = memory.frames.share(frames)
    spaces[new].resident.file += file
    spaces[new].resident.anonymous += frames.count &- file
    for slot in shared.others { copyOther(block + slot, protects, tables, new, &gather) }
    let copied = frames.count &+ shared.others.count
    memory.frames.addMappings(copied, to: tables.target)
    elapsed += costs.entry * UInt64(copied)
  }

  /// Copies a swap entry, or an entry of the page of zeros, of a folio's part or of PROT_NONE.
  private mutating func copyOther(
    _ page: Int, _ protects: Bool, _ tables: (source: FrameNumber, target: FrameNumber),
    _ new: SpaceID, _ gather: inout FlushGather
  ) {
    let slot = page & 511
    var entry = contents.entry(tables.source, slot)
    if entry.mapsFrame {
      if protects, entry.isWritable {
        entry.clear(.writable)
        contents.setEntry(entry, tables.source, slot)
        gather.add(page)
      }
      if entry.isPlain {
        let isFile = memory.frames.share(entry.frame) == .fileCache
        spaces[new].resident.file += isFile ? 1 : 0
        spaces[new].resident.anonymous += isFile ? 0 : 1
      } else if !entry.has(.special) {
        sharePart(entry.frame)
        spaces[new].resident.anonymous += 1
      }
      entry.clear(.accessed)
    } else if let swap = SwapEntry(entry) {
      shareSwap(swap)
      spaces[new].resident.swapped += 1
    }
    contents.setEntry(entry, tables.target, slot)
  }
}
