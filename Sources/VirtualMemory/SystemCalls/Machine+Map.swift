internal import MemoryUnits

extension Machine {
  /// mmap: makes an area and returns its address; no frame is taken before the first touch (but see
  /// MAP_POPULATE and MAP_LOCKED).
  ///
  /// Lengths are rounded up to whole pages. Errors: EINVAL (no length, offset or fixed address not on a
  /// page, neither shared nor private), ENOMEM (no room, too many areas, more than could ever be
  /// backed), EEXIST (FIXED_NOREPLACE over an area), EBADF, EACCES (rights of the opening), EOVERFLOW,
  /// EAGAIN (lock limit), ENODEV.
  @discardableResult
  public mutating func mmap(
    _ task: TaskID, at address: UInt64 = 0, length: UInt64, _ protection: Protection,
    _ flags: MapFlags, descriptor: Int32 = -1, offset: UInt64 = 0
  ) throws(Errno) -> UInt64 {
    let space = try space(of: task)
    guard offset & 4095 == 0 else { throw .invalid }
    var opening: OpenFile?
    if !flags.contains(.anonymous) {
      guard let found = openFile(task, descriptor) else { throw .badFile }
      opening = found
    } else if flags.contains(.hugeTLB) {
      return try mapHugetlb(task, space, address, length: length, protection, flags)
    }
    guard length > 0 else { throw .invalid }
    let isFixed = !flags.isDisjoint(with: [.fixed, .fixedNoReplace])
    guard length <= UInt64.max - 4095, length <= UInt64(AddressSpace.userPages) << 12 else {
      throw .noMemory
    }
    let count = Int((length + 4095) >> 12)
    guard spaces[space].areas.count <= configuration.maxMapCount else { throw .noMemory }
    let start = try placeArea(
      space, address, count, isFixed: isFixed, opening != nil, isNew: opening == nil)
    let range = PageRange(start: start, count: count)
    if flags.contains(.fixedNoReplace), spaces[space].areas.overlaps(range) { throw .exists }
    if opening != nil, offset > UInt64(Int64.max) - UInt64(count) << 12 { throw .overflow }

    var area = try makeArea(range, protection, flags, opening, pageOffset: Int(offset >> 12))
    if flags.contains(.locked) || spaces[space].locksFutureAreas {
      area.flags.insert(.locked)
      guard mayLock(count, space) else { throw .tryAgain }
    }
    // What goes for it makes room for it (Linux 6.12).
    try checkCommit(area, leaving: accountedPages(space, range))
    let isSharedMemory = flags.contains(.anonymous) && area.isShared
    let committed = isSharedMemory && !area.flags.contains(.noReserve) ? count : 0
    try checkCommit(pages: committed)
    try unmapPages(space, range)
    if isSharedMemory {
      area.file = makeSharedMemory(count, committed: committed)
    }
    insertArea(area, space)
    if flags.contains(.anonymous), let file = area.file { dropFile(file) }
    mergeAreas(space, at: range.start)
    mergeAreas(space, at: range.end)
    note(.systemCall("mmap", page: start, count: count), task)
    elapsed += costs.systemCall
    let populates = flags.contains(.populate) && !flags.contains(.nonBlock)
    if populates || area.flags.contains(.locked) {
      // mmap succeeds even where populating does not.
      populate(task, range)
    }
    return UInt64(start) << 12
  }

  /// A piece of shared anonymous memory, with one user. It counts towards the commit limit as a whole,
  /// whatever areas map of it, until nobody uses it any more; one that was made with MAP_NORESERVE does
  /// not count (Linux counts its pages as they come).
  private mutating func makeSharedMemory(_ count: Int, committed: Int) -> FileID {
    committedPages += committed
    let file = files.add {
      MachineFile(id: $0, name: "/dev/zero (deleted)", store: nil, size: count << 12)
    }
    files[file].committedPages = committed
    return file
  }

  /// First page for an area of `count` pages.
  /// - Parameter isNew: anonymous memory of whole blocks of 2 MiB, not a hint's, is aligned for huge
  ///   pages where the kernel has them (Linux: thp_get_unmapped_area).
  func placeArea(
    _ space: SpaceID, _ address: UInt64, _ count: Int, isFixed: Bool, _ isFile: Bool,
    isNew: Bool = false
  ) throws(Errno) -> Int {
    if isFixed {
      guard address <= UInt64(AddressSpace.userPages) << 12 - UInt64(count) << 12 else {
        throw .noMemory
      }
      guard address & 4095 == 0 else { throw .invalid }
      return Int(address >> 12)
    }
    // A hint is rounded down to a page, and below 64 KiB it is lifted there.
    if address >= 4096, address <= UInt64(AddressSpace.userPages) << 12 {
      let hint = max(Int(address >> 12), Self.lowestPage)
      let range = PageRange(start: hint, count: count)
      if range.end <= AddressSpace.userPages, !spaces[space].areas.overlaps(range),
        !reachesStackGuard(space, range)
      {
        return hint
      }
    }
    var request = AreaMap.GapRequest(
      count: count, low: Self.lowestPage, high: spaces[space].mmapBase)
    if isNew, huge.settings != nil, address == 0, count & 511 == 0 {
      var padded = request
      padded.count += Self.hugePages
      if let start = spaces[space].areas.highestGap(padded) {
        return (start & ~511) + Self.hugePages
      }
    }
    if let start = spaces[space].areas.highestGap(request) { return start }
    // As Linux does where the room below mmap_base is full: from its third of the space upwards.
    request.low = AddressSpace.userPages / 3 & ~0xfff
    request.high = AddressSpace.userPages
    guard let start = spaces[space].areas.lowestGap(request) else { throw .noMemory }
    return start
  }

  /// vm.mmap_min_addr, 64 KiB, as a page.
  static var lowestPage: Int { 16 }

  private func reachesStackGuard(_ space: SpaceID, _ range: PageRange) -> Bool {
    let areas = spaces[space].areas
    guard let next = areas[areas.position(endingAfter: range.end)] else { return false }
    return next.flags.contains(.growsDown) && range.end > next.start - 256
  }

  /// What mmap's arguments say of an area.
  func makeArea(
    _ range: PageRange, _ protection: Protection, _ flags: MapFlags,
    _ opening: OpenFile?, pageOffset: Int
  ) throws(Errno) -> Area {
    var areaFlags = AreaFlags(protection).union(.mayMask)
    let type = flags.intersection(.typeMask)
    if let opening {
      switch type {
      case .shared, .sharedValidate:
        // FIXED_NOREPLACE is younger than the flags that every kernel knew, and counts as unknown.
        if type == .sharedValidate, flags.contains(.fixedNoReplace) { throw .notSupported }
        if protection.contains(.write), !opening.mayWrite { throw .access }
        areaFlags.insert(.shared)
        if !opening.mayWrite { areaFlags.remove(.mayWrite) }
      case .private: break
      default: throw .invalid
      }
      guard opening.mayRead else { throw .access }
    } else {
      switch type {
      case .shared:
        if flags.contains(.growsDown) { throw .invalid }
        areaFlags.insert(.shared)
      case .private: break
      default: throw .invalid
      }
    }
    if flags.contains(.growsDown), opening != nil { throw .invalid }
    if flags.contains(.growsDown) { areaFlags.insert(.growsDown) }
    if flags.contains(.noReserve), configuration.overcommit != 2 { areaFlags.insert(.noReserve) }
    // Private writable memory counts; shared anonymous memory does as a whole, not by its areas.
    if areaFlags.contains(.write), !areaFlags.contains(.shared), !areaFlags.contains(.noReserve) {
      areaFlags.insert(.account)
    }
    let offset = opening != nil ? pageOffset : areaFlags.contains(.shared) ? 0 : range.start
    return Area(
      start: range.start, end: range.end, offset: offset, flags: areaFlags, file: opening?.file)
  }

  /// Pages of a range that count towards the commit limit.
  private func accountedPages(_ space: SpaceID, _ range: PageRange) -> Int {
    spaces[space].areas.areas(in: range).reduce(0) { sum, area in
      sum + (area.flags.contains(.account) ? range.intersection(area.range).count : 0)
    }
  }

  /// Checks what an area adds, in the place of `leaving` pages that count until then.
  func checkCommit(_ area: Area, leaving: Int = 0) throws(Errno) {
    guard area.flags.contains(.account) else { return }
    try checkCommit(pages: area.count - leaving)
  }

  /// Refuses what could never be backed (overcommit_memory 0), or what exceeds swap and half of
  /// memory (2).
  func checkCommit(pages: Int) throws(Errno) {
    guard pages > 0 else { return }
    let total = configuration.frameCount + configuration.swapPages
    switch configuration.overcommit {
    case 1: return
    case 2:
      let limit = configuration.frameCount / 2 + configuration.swapPages
      if committedPages + pages > limit { throw .noMemory }
    default: if pages > total { throw .noMemory }
    }
  }
}
