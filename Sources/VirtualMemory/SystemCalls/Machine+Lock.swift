internal import MemoryUnits

extension Machine {
  /// mlock, mlock2 with MLOCK_ONFAULT: keeps pages in memory, and faults them in unless `onFault`.
  ///
  /// Errors: EINVAL (the range wraps), ENOMEM (a page without an area, or one that cannot be faulted
  /// in; the lock limit).
  public mutating func mlock(
    _ task: TaskID, _ address: UInt64, length: UInt64, onFault: Bool = false
  ) throws(Errno) {
    let space = try space(of: task)
    let range = try lockRange(address, length)
    guard !range.isEmpty else { return }
    if let limit = configuration.lockLimit,
      spaces[space].lockedPages + range.count - lockedPages(space, range) > limit
    {
      throw .noMemory
    }
    try changeLocks(space, range) { flags in
      flags.subtract([.locked, .lockOnFault])
      flags.formUnion(onFault ? [.locked, .lockOnFault] : .locked)
    }
    note(.systemCall("mlock", page: range.start, count: range.count), task)
    if !onFault, !populate(task, range) { throw .noMemory }
  }

  /// munlock. Errors as mlock.
  public mutating func munlock(_ task: TaskID, _ address: UInt64, length: UInt64) throws(Errno) {
    let space = try space(of: task)
    let range = try lockRange(address, length)
    guard !range.isEmpty else { return }
    defer { makeEvictable(space, range) }
    try changeLocks(space, range) { $0.subtract([.locked, .lockOnFault]) }
    note(.systemCall("munlock", page: range.start, count: range.count), task)
  }

  /// mlockall: MCL_CURRENT locks all areas, MCL_FUTURE those to come. Pages that cannot be faulted in
  /// are no error.
  ///
  /// Errors: ESRCH, EINVAL (neither of the two), ENOMEM (more pages are mapped than the lock limit allows;
  /// nothing changes then).
  public mutating func mlockall(_ task: TaskID, current: Bool, future: Bool) throws(Errno) {
    let space = try space(of: task)
    guard current || future else { throw .invalid }
    if current, let limit = configuration.lockLimit, spaces[space].mappedPages > limit {
      throw .noMemory
    }
    spaces[space].locksFutureAreas = future
    guard current else { return }
    for area in spaces[space].areas.areas(in: Self.wholeSpace)
    where !area.flags.contains(.hugeTLB) {
      changeAreas(space, area.range) { flags in
        flags.remove(.lockOnFault)
        flags.insert(.locked)
      }
      populate(task, area.range)
    }
  }

  /// munlockall. Errors: ESRCH.
  public mutating func munlockall(_ task: TaskID) throws(Errno) {
    let space = try space(of: task)
    spaces[space].locksFutureAreas = false
    changeAreas(space, Self.wholeSpace) { $0.subtract([.locked, .lockOnFault]) }
    makeEvictable(space, Self.wholeSpace)
  }

  /// Pages of a range that are locked already, and count but once (Linux: count_mm_mlocked_page_nr).
  private func lockedPages(_ space: SpaceID, _ range: PageRange) -> Int {
    spaces[space].areas.areas(in: range).reduce(0) { sum, area in
      sum + (area.flags.contains(.locked) ? range.intersection(area.range).count : 0)
    }
  }

  /// Whether `count` pages more may be locked.
  func mayLock(_ count: Int, _ space: SpaceID) -> Bool {
    configuration.lockLimit.map { spaces[space].lockedPages + count <= $0 } ?? true
  }

  static var wholeSpace: PageRange { PageRange(start: 0, count: AddressSpace.userPages) }

  private func lockRange(_ address: UInt64, _ length: UInt64) throws(Errno) -> PageRange {
    let inPage = address & 4095
    // A length that the rounding wraps counts as none, as in Linux.
    let bytes = (length &+ inPage &+ 4095) & ~4095
    let start = address & ~4095
    guard start <= .max - bytes else { throw .invalid }
    return PageRange(start: Int(start >> 12), count: Int(bytes >> 12))
  }

  /// Changes the areas of a range up to the first hole, which is an error.
  private mutating func changeLocks(
    _ space: SpaceID, _ range: PageRange, _ change: (inout AreaFlags) -> Void
  ) throws(Errno) {
    var page = range.start
    for area in spaces[space].areas.areas(in: range) {
      guard area.start <= page else { throw .noMemory }
      // Hugetlb pages stay in memory anyway (mlock_fixup).
      if !area.flags.contains(.hugeTLB) {
        changeAreas(space, range.intersection(area.range), change)
      }
      page = area.end
    }
    guard page >= range.end else { throw .noMemory }
  }
}
