internal import MemoryUnits
internal import Translation

extension Machine {
  /// A task's program accesses every page of a range, in ascending order: pages without a frame get
  /// one by a fault each, and the others cost a look at their entries.
  ///
  /// It stands for a program of which only the pages are known: no TLB is asked or filled. Where no
  /// frame is left nobody is killed and no signal is raised, but told how far it came, as populating
  /// does.
  public mutating func touch(
    _ task: TaskID, _ range: PageRange, forWriting: Bool = true
  ) -> TouchOutcome {
    guard isRunning(task) else {
      return .signal(Signal(.killed, address: UInt64(range.start) << 12), page: range.start)
    }
    let space = tasks[task].space
    let wanted: EntryBits =
      forWriting ? [.present, .writable, .accessed, .dirty] : [.present, .accessed]
    var page = range.start
    while page < range.end {
      let blockEnd = min((page &>> 9 &+ 1) &<< 9, range.end)
      if page < AddressSpace.userPages, let (place, level) = largeSlot(space, page),
        noteAccess(place.table, place.slot, wanted)
      {
        page = min((page >> (9 * level) + 1) << (9 * level), range.end)
        continue
      }
      if page < AddressSpace.userPages, let table = leafTable(space, page) {
        let slot = page & 511
        let found = contents.firstEntry(
          table, from: slot, to: slot &+ blockEnd &- page, lacking: wanted)
        page = page &+ found &- slot
        guard page < blockEnd else { continue }
        if noteAccess(table, page & 511, wanted) { continue }
      }
      if let problem = touchByFault(task, page, forWriting ? .write : .read) {
        guard case .outOfMemory = problem else { return problem }
        return .outOfMemory(touched: page - range.start)
      }
    }
    return .resident
  }

  /// What the hardware does for an access that the entry allows: sets A and D. False when it does not
  /// allow it.
  private mutating func noteAccess(
    _ table: FrameNumber, _ slot: Int, _ wanted: EntryBits
  ) -> Bool {
    var entry = contents.entry(table, slot)
    guard entry.has(wanted.subtracting([.accessed, .dirty])) else { return false }
    entry.set(wanted)
    contents.setEntry(entry, table, slot)
    return true
  }

  /// One fault; nil when the access may be tried again.
  private mutating func touchByFault(
    _ task: TaskID, _ page: Int, _ access: AccessKind
  ) -> TouchOutcome? {
    let space = tasks[task].space
    let address = UInt64(page) << 12
    guard page < AddressSpace.userPages, let area = findArea(space, page), area.allows(access)
    else {
      // The whole handler, which grows stacks and raises signals.
      switch fault(task, address, access) {
      case .resolved: return nil
      case .signal(let signal): return .signal(signal, page: page)
      }
    }
    elapsed += costs.fault
    note(.pageFault(page: page, access), task)
    note(.areaFound(page: page, true), task)
    counters.pgfault &+= 1
    switch resolve(task, area, page, access) {
    case .done:
      note(.retry(page: page), task)
      return nil
    case .outOfMemory: return .outOfMemory(touched: 0)
    case .beyondFile: return .signal(Signal(.busError, address: address), page: page)
    }
  }
}
