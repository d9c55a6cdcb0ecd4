internal import MemoryUnits

extension Machine {
  /// brk: sets the end of the heap and returns it; as in Linux, the old end when that cannot be.
  @discardableResult
  public mutating func brk(_ task: TaskID, _ end: UInt64) -> UInt64 {
    let space = tasks[task].space
    let old = spaces[space].heapEnd
    guard end >= UInt64(spaces[space].heapStart), end <= UInt64(AddressSpace.userPages) << 12 else {
      return UInt64(old)
    }
    let wanted = Int(end)
    let oldPage = (old + 4095) >> 12
    let newPage = (wanted + 4095) >> 12
    if newPage > oldPage {
      guard growHeap(task, PageRange(start: oldPage, count: newPage - oldPage)) else {
        return UInt64(old)
      }
    } else if newPage < oldPage {
      let range = PageRange(start: newPage, count: oldPage - newPage)
      guard spaces[space].areas.overlaps(range), (try? unmapPages(space, range)) != nil else {
        return UInt64(old)
      }
    }
    spaces[space].heapEnd = wanted
    note(.systemCall("brk", page: min(oldPage, newPage), count: abs(newPage - oldPage)), task)
    elapsed += costs.systemCall
    return end
  }

  /// sbrk: moves the end of the heap by `change` bytes and returns the old end.
  ///
  /// Errors: ENOMEM, ESRCH.
  public mutating func sbrk(_ task: TaskID, _ change: Int) throws(Errno) -> UInt64 {
    let old = spaces[try space(of: task)].heapEnd
    let (wanted, overflows) = old.addingReportingOverflow(change)
    guard !overflows, wanted >= 0, brk(task, UInt64(wanted)) == UInt64(wanted) else {
      throw .noMemory
    }
    return UInt64(old)
  }

  private mutating func growHeap(_ task: TaskID, _ range: PageRange) -> Bool {
    let space = tasks[task].space
    guard range.end <= AddressSpace.userPages,
      spaces[space].areas.count <= configuration.maxMapCount
    else { return false }
    // A page stays free behind the heap, and a stack's guard gap.
    let areas = spaces[space].areas
    if let next = areas[areas.position(endingAfter: range.start)] {
      let gap = next.flags.contains(.growsDown) ? 256 : 0
      guard range.end < next.start - gap else { return false }
    }
    var flags = AreaFlags([.read, .write, .account]).union(.mayMask)
    if spaces[space].locksFutureAreas {
      guard mayLock(range.count, space) else { return false }
      flags.insert(.locked)
    }
    let area = Area(start: range.start, end: range.end, offset: range.start, flags: flags)
    guard (try? checkCommit(area)) != nil else { return false }
    insertArea(area, space)
    // Never with an area that ends where the heap begins.
    if range.start << 12 > spaces[space].heapStart { mergeAreas(space, at: range.start) }
    if flags.contains(.locked) { populate(task, range) }
    return true
  }
}
