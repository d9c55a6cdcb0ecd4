internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// What a fault came to.
  enum FaultOutcome: Equatable {
    /// The instruction may run again.
    case resolved
    case signal(Signal)
  }

  /// A page fault of `task` at `address`: area, rights, then whatever the entry says.
  mutating func fault(_ task: TaskID, _ address: UInt64, _ access: AccessKind) -> FaultOutcome {
    guard tasks[task].state == .running else {
      return .signal(Signal(.killed, address: address))
    }
    let space = tasks[task].space
    let page = Int(truncatingIfNeeded: address >> 12)
    elapsed += costs.fault
    runFlusher()
    note(.pageFault(page: page, access), task)
    guard address < UInt64(AddressSpace.userPages) << 12,
      let area = findArea(space, page) ?? growStack(space, page)
    else {
      note(.areaFound(page: page, false), task)
      return raise(Signal(.segmentationNoArea, address: address), task)
    }
    note(.areaFound(page: page, true), task)
    guard area.allows(access) else {
      return raise(Signal(.segmentationNoRight, address: address), task)
    }
    counters.pgfault &+= 1
    let outcome = resolve(task, area, page, access)
    switch outcome {
    case .done:
      note(.retry(page: page), task)
      return .resolved
    case .beyondFile:
      return raise(Signal(.busError, address: address), task)
    case .outOfMemory:
      return outOfMemory(task, address)
    }
  }

  /// What the handler of one kind of page came to.
  enum PageOutcome {
    case done
    case beyondFile
    case outOfMemory
  }

  /// Makes one page of `area` accessible as its entry demands.
  mutating func resolve(
    _ task: TaskID, _ area: Area, _ page: Int, _ access: AccessKind
  ) -> PageOutcome {
    pruneEmptiedTables()
    runReclaimer()
    runCompactor()
    let space = tasks[task].space
    chargedGroup = spaces[space].group
    if huge.isBuilt {
      runKhugepaged()
      if area.flags.contains(.hugeTLB) { return faultHugetlb(space, area, page, access) }
      if let outcome = resolveHuge(space, area, page, access) { return outcome }
    }
    guard let table = makeLeafTable(space, page) else { return .outOfMemory }
    let place = EntrySlot(table: table, slot: page & 511)
    let entry = contents.entry(table, place.slot)
    let outcome: PageOutcome
    if entry.isNone {
      outcome =
        area.isAnonymous
        ? faultAnonymous(space, area, page, place, access)
        : faultFile(space, area, page, place, access)
    } else if let swap = SwapEntry(entry) {
      outcome = faultSwap(space, area, page, place, swap, access)
    } else if access == .write, !entry.isWritable {
      outcome = faultWrite(space, area, page, place, entry)
    } else {
      // Another core was faster, or its TLB was: nothing is left to do.
      counters.spuriousFaults &+= 1
      flushLocal(space, page)
      outcome = .done
    }
    if outcome != .done, memory.frames.mappings(of: table) == 0 { pruneTables(space, page) }
    return outcome
  }

  /// Lowers the start of a stack to `page`, if the area above is one and may grow so far.
  private mutating func growStack(_ space: SpaceID, _ page: Int) -> Area? {
    let areas = spaces[space].areas
    guard let area = areas[areas.position(endingAfter: page)], page < area.start,
      area.flags.contains(.growsDown), area.end - page <= spaces[space].stackLimit,
      area.offset >= area.start - page
    else { return nil }
    if let below = areas.area(before: area.start), !below.flags.contains(.growsDown),
      !below.flags.isDisjoint(with: .accessMask), page - below.end < 256
    {
      return nil
    }
    var grown = area
    grown.anonymous = anonymousObject(space, area)
    grown.offset -= area.start - page
    grown.start = page
    var growth = grown
    growth.end = area.start
    guard (try? checkCommit(growth)) != nil,
      !area.flags.contains(.locked) || mayLock(growth.count, space)
    else { return nil }
    var old = area
    old.anonymous = grown.anonymous
    replaceArea(old, with: [grown], space)
    counters.stackGrowths &+= 1
    return grown
  }

  private mutating func raise(_ signal: Signal, _ task: TaskID) -> FaultOutcome {
    if fileSystem.isCopying, signal.kind != .killed { return .signal(signal) }
    switch signal.kind {
    case .segmentationNoArea, .segmentationNoRight: counters.segmentationFaults &+= 1
    case .busError: counters.busErrors &+= 1
    case .killed: break
    }
    tasks[task].pending.append(signal)
    note(.signal(signal), task)
    return .signal(signal)
  }

  /// No frame was left for a fault: a task is killed for it, and the instruction runs again unless it
  /// was this one's. With nobody to kill the access fails.
  private mutating func outOfMemory(_ task: TaskID, _ address: UInt64) -> FaultOutcome {
    let signal = Signal(.killed, address: address)
    guard killForMemory() != nil else { return raise(signal, task) }
    return tasks[task].state == .running ? .resolved : .signal(signal)
  }
}

extension Area {
  /// Whether an access is allowed. As on x86-64, what may be written or executed may be read.
  func allows(_ access: AccessKind) -> Bool {
    switch access {
    case .read: !flags.isDisjoint(with: .accessMask)
    case .write: flags.contains(.write)
    case .execute: flags.contains(.execute)
    }
  }
}
