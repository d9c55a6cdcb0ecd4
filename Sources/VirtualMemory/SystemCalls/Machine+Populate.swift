internal import MemoryUnits
internal import Translation

extension Machine {
  /// Faults in what MAP_POPULATE and mlock ask for, writable private pages for writing, up to the first
  /// page that cannot be had; false then.
  @discardableResult
  mutating func populate(_ task: TaskID, _ range: PageRange) -> Bool {
    let space = tasks[task].space
    var page = range.start
    while page < range.end {
      guard let area = spaces[space].areas.area(containing: page),
        !area.flags.isDisjoint(with: .accessMask)
      else { return false }
      let end = min(area.end, range.end)
      let access: AccessKind =
        area.copiesOnWrite && area.flags.contains(.write) ? .write : .read
      while page < end {
        guard let current = spaces[space].areas.area(containing: page),
          case .done = populatePage(task, current, page, access)
        else { return false }
        page += 1
      }
    }
    return true
  }

  /// Makes one page accessible unless it is. A fault that reclaim has come between comes again, as the
  /// instruction of a task would.
  mutating func populatePage(
    _ task: TaskID, _ area: Area, _ page: Int, _ access: AccessKind
  ) -> PageOutcome {
    let space = tasks[task].space
    while true {
      let entry = entry(space, page)
      if entry.isPresent, access != .write || entry.isWritable { return .done }
      let current = spaces[space].areas.area(containing: page) ?? area
      let outcome = resolve(task, current, page, access)
      guard outcome == .done else { return outcome }
    }
  }
}
