internal import MemoryUnits
internal import PageFrames
internal import Translation

/// Areas of hugetlb pages: each is mapped by large leaves alone, and is cut at the borders of its pages
/// only.
extension Machine {
  /// mmap with MAP_HUGETLB. Its length is rounded up to whole huge pages, which are promised now unless
  /// MAP_NORESERVE is given.
  ///
  /// Errors: EINVAL (no pool of that size, a fixed address not aligned to it), ENOMEM (fewer pages than
  /// that can be promised).
  @inline(never)
  mutating func mapHugetlb(
    _ task: TaskID, _ space: SpaceID, _ address: UInt64, length: UInt64, _ protection: Protection,
    _ flags: MapFlags
  ) throws(Errno) -> UInt64 {
    guard configuration.hugetlb != nil else { throw .noMemory }
    let size: HugetlbSize
    switch flags.rawValue >> 26 & 63 {
    case 0, 21: size = .huge
    case 30: size = .gigantic
    default: throw .invalid
    }
    guard length > 0 else { throw .invalid }
    guard length <= UInt64(AddressSpace.userPages) << 12 else { throw .noMemory }
    let pages = size.pages
    let count = (Int((length + 4095) >> 12) + pages - 1) & ~(pages - 1)
    guard spaces[space].areas.count <= configuration.maxMapCount else { throw .noMemory }
    let start = try placeHugetlb(space, address, count, pages, flags)
    let range = PageRange(start: start, count: count)
    if flags.contains(.fixedNoReplace), spaces[space].areas.overlaps(range) { throw .exists }
    var area = try makeArea(range, protection, flags, nil, pageOffset: 0)
    area.flags.remove(.account)
    area.flags.insert(.hugeTLB)
    area.offset = 0
    if flags.contains(.locked) || spaces[space].locksFutureAreas {
      area.flags.insert(.locked)
      guard mayLock(count, space) else { throw .tryAgain }
    }
    let number = count / pages
    let isReserving = !flags.contains(.noReserve)
    guard !isReserving || reserveHugetlb(size, number) else { throw .noMemory }
    let file = makeHugetlbFile(
      HugetlbObject(
        size: size, isPrivate: !area.isShared, isReserving: isReserving,
        reserved: isReserving ? Set(0..<number) : []), count)
    defer { dropFile(file) }
    try unmapPages(space, range)
    area.file = file
    insertArea(area, space)
    note(.systemCall("mmap", page: start, count: count), task)
    elapsed += costs.systemCall
    if flags.contains(.populate) && !flags.contains(.nonBlock) || area.flags.contains(.locked) {
      populate(task, range)
    }
    return UInt64(start) << 12
  }

  private mutating func makeHugetlbFile(_ object: HugetlbObject, _ count: Int) -> FileID {
    let file = files.add {
      MachineFile(id: $0, name: "/anon_hugepage (deleted)", store: nil, size: count << 12)
    }
    files[file].hugetlb = object
    return file
  }

  private func placeHugetlb(
    _ space: SpaceID, _ address: UInt64, _ count: Int, _ pages: Int, _ flags: MapFlags
  ) throws(Errno) -> Int {
    if !flags.isDisjoint(with: [.fixed, .fixedNoReplace]) {
      guard address <= UInt64(AddressSpace.userPages) << 12 - UInt64(count) << 12 else {
        throw .noMemory
      }
      guard Int(address) & (pages << 12 - 1) == 0 else { throw .invalid }
      return Int(address >> 12)
    }
    if address > 0, address <= UInt64(AddressSpace.userPages) << 12 {
      let hint = (Int((address + 4095) >> 12) + pages - 1) & ~(pages - 1)
      let range = PageRange(start: hint, count: count)
      if range.end <= AddressSpace.userPages, !spaces[space].areas.overlaps(range) { return hint }
    }
    let request = AreaMap.GapRequest(
      count: count, low: Self.lowestPage, high: spaces[space].mmapBase, alignment: pages)
    guard let start = spaces[space].areas.highestGap(request) else { throw .noMemory }
    return start
  }

  /// Whether an area of hugetlb pages would be cut within a page at `page`.
  func cutsHugetlb(_ space: SpaceID, at page: Int) -> Bool {
    guard let area = spaces[space].areas.area(containing: page), area.start < page,
      let object = hugetlb(of: area)
    else { return false }
    return page & (object.size.pages - 1) != 0
  }

  /// EINVAL where the ends of a range cut a hugetlb page.
  func checkHugetlb(_ space: SpaceID, _ range: PageRange) throws(Errno) {
    guard huge.hasPools else { return }
    if cutsHugetlb(space, at: range.start) || cutsHugetlb(space, at: range.end) { throw .invalid }
  }

  func hugetlb(of area: Area) -> HugetlbObject? {
    guard area.flags.contains(.hugeTLB), let file = area.file else { return nil }
    return files[file].hugetlb
  }

  // MARK: Leaves

  /// The word of the leaf of any size above 4 KiB that covers a page; nil without one.
  func largeSlot(_ space: SpaceID, _ page: Int) -> (place: EntrySlot, level: Int)? {
    guard spaces[space].hugeLeaves > 0 || spaces[space].hugetlbLeaves > 0 else { return nil }
    var table = spaces[space].root
    var level = rootLevel
    while level > 0 {
      let slot = Self.slot(page, level)
      let entry = contents.entry(table, slot)
      if entry.isNone { return nil }
      if entry.has(.pageSize) { return (EntrySlot(table: table, slot: slot), level) }
      table = entry.frame
      level &-= 1
    }
    return nil
  }

  /// A fault of a hugetlb area (Linux: hugetlb_fault). Nobody is killed for a page that the pool does not
  /// have: the access gets SIGBUS.
  @inline(never)
  mutating func faultHugetlb(
    _ space: SpaceID, _ area: Area, _ page: Int, _ access: AccessKind
  ) -> PageOutcome {
    guard let file = area.file, let object = files[file].hugetlb else { return .beyondFile }
    if largeSlot(space, page) != nil {
      counters.spuriousFaults &+= 1
      flushLocal(space, page)
      return .done
    }
    let first = page & ~(object.size.pages - 1)
    let index = area.backingIndex(first) / object.size.pages
    guard let table = makeTable(space, page, at: object.size.level) else { return .outOfMemory }
    guard let frame = hugetlbPage(file, index) else {
      if memory.frames.mappings(of: table) == 0 { pruneTables(space, page) }
      return .beyondFile
    }
    let place = EntrySlot(table: table, slot: Self.slot(page, object.size.level))
    var leaf = PageTableEntry(frame, hugetlbBits(of: area))
    leaf.set(.accessed)
    if leaf.isWritable, access == .write { leaf.set(.dirty) }
    write(leaf, first, place)
    spaces[space].hugetlbLeaves += 1
    return .done
  }

  /// A page of a hugetlb object, taken from the pool and zeroed at its first use.
  private mutating func hugetlbPage(_ file: FileID, _ index: Int) -> FrameNumber? {
    guard let object = files[file].hugetlb else { return nil }
    if let frame = object.pages[index] { return frame }
    let isPromised = object.reserved.contains(index)
    guard let frame = takeHugetlb(object.size, isPromised: isPromised) else { return nil }
    files[file].hugetlb?.reserved.remove(index)
    files[file].hugetlb?.pages[index] = frame
    for part in 0..<object.size.pages { contents.zero(frame.advanced(by: part)) }
    counters.pagesZeroed &+= UInt64(object.size.pages)
    elapsed += costs.zeroHugePage * UInt64(object.size.pages / Self.hugePages)
    return frame
  }

  private func hugetlbBits(of area: Area) -> EntryBits {
    guard !area.flags.isDisjoint(with: .accessMask) else { return [.inaccessible, .pageSize] }
    var bits: EntryBits = [.present, .user, .pageSize]
    if !area.flags.contains(.execute) { bits.insert(.executeDisable) }
    if area.flags.contains(.write) { bits.insert(.writable) }
    return bits
  }

  /// Visits the leaves of a part of a hugetlb area.
  private mutating func forEachHugetlb(
    _ space: SpaceID, _ range: PageRange, _ size: HugetlbSize,
    _ body: (inout Machine, Int, EntrySlot) -> Void
  ) {
    for page in stride(from: range.start, to: range.end, by: size.pages) {
      if let (place, _) = largeSlot(space, page) { body(&self, page, place) }
    }
  }

  /// mprotect.
  @inline(never)
  mutating func protectHugetlb(_ space: SpaceID, _ area: Area, _ range: PageRange) {
    guard let object = hugetlb(of: area) else { return }
    var gather = FlushGather(space)
    forEachHugetlb(space, range, object.size) { machine, page, place in
      let old = machine.contents.entry(place.table, place.slot)
      var new = old
      new.clear([.present, .writable, .user, .executeDisable, .inaccessible])
      new.set(machine.hugetlbBits(of: area))
      machine.contents.setEntry(new, place.table, place.slot)
      gather.add(page, through: page + object.size.pages - 1)
    }
    finish(&gather)
  }

  /// Takes the leaves of pages away. Private pages go back to the pool; whoever had one promised may have
  /// it again.
  @inline(never)
  mutating func zapHugetlb(_ area: Area, _ range: PageRange, _ gather: inout FlushGather) {
    guard let file = area.file, let object = files[file].hugetlb else { return }
    let space = gather.space
    var pages: [Int] = []
    forEachHugetlb(space, range, object.size) { machine, page, place in
      machine.setEntry(.none, at: place)
      machine.spaces[space].hugetlbLeaves -= 1
      pages.append(page)
    }
    for page in pages {
      gather.add(page, through: page + object.size.pages - 1)
      pruneTables(page, &gather)
    }
    finish(&gather)
    guard object.isPrivate else { return }
    for page in pages {
      let index = area.backingIndex(page) / object.size.pages
      guard let frame = files[file].hugetlb?.pages.removeValue(forKey: index) else { continue }
      if object.isReserving { files[file].hugetlb?.reserved.insert(index) }
      freeHugetlb(object.size, frame, isPromised: object.isReserving)
    }
  }

  /// A part of a hugetlb area goes: promises for its private pages are taken back.
  @inline(never)
  mutating func leaveHugetlb(_ area: Area) {
    guard let file = area.file, let object = files[file].hugetlb, object.isPrivate else { return }
    let first = area.offset / object.size.pages
    let indices = first..<first + area.count / object.size.pages
    let gone = object.reserved.filter { indices.contains($0) }
    files[file].hugetlb?.reserved.subtract(gone)
    unreserveHugetlb(object.size, gone.count)
  }

  /// The last user of a file goes, and with it the pages and promises of a hugetlb object.
  @inline(never)
  mutating func dropHugetlb(_ file: FileID) {
    guard let object = files[file].hugetlb else { return }
    for (_, frame) in object.pages.sorted(by: { $0.key < $1.key }) {
      freeHugetlb(object.size, frame, isPromised: false)
    }
    unreserveHugetlb(object.size, object.reserved.count)
  }

  /// fork of a private hugetlb area: the child gets copies of its pages at once, as far as there are pages
  /// that nobody was promised, and SIGBUS where there are none. (Linux shares them until a write, and
  /// then refuses the child's.) Returns the file of the child's area, with one user.
  @inline(never)
  mutating func forkHugetlb(_ area: Area) -> FileID? {
    guard let object = hugetlb(of: area), object.isPrivate else { return nil }
    var copy = HugetlbObject(size: object.size, isPrivate: true, isReserving: false)
    for (index, frame) in object.pages.sorted(by: { $0.key < $1.key }) {
      guard let target = takeHugetlb(object.size, isPromised: false) else { break }
      for part in 0..<object.size.pages {
        contents.copy(frame.advanced(by: part), to: target.advanced(by: part))
      }
      counters.pagesCopied &+= UInt64(object.size.pages)
      elapsed += costs.copyPage * UInt64(object.size.pages)
      copy.pages[index] = target
    }
    return makeHugetlbFile(copy, area.offset + area.count)
  }

  // MARK: validate()

  /// From a leaf to its object.
  @inline(never)
  mutating func validateHugetlb(
    _ leaf: PageTableEntry, _ page: Int, _ level: Int, _ space: SpaceID, _ census: inout Census
  ) {
    census.hugetlbLeaves += 1
    guard let area = spaces[space].areas.area(containing: page), let object = hugetlb(of: area),
      object.size.level == level, area.end >= page + object.size.pages
    else { return expect(false, "a hugetlb leaf lies in no area of its size", page) }
    let index = area.backingIndex(page) / object.size.pages
    expect(object.pages[index] == leaf.frame, "a hugetlb leaf maps another page", page)
    expect(
      !leaf.isWritable || area.flags.contains(.write),
      "a hugetlb leaf allows what its area does not",
      page)
  }

  /// The pools' counts; returns their frames.
  func validatePools() -> Int {
    var frames = 0
    for size in HugetlbSize.allCases {
      let pool = pool(size)
      var used = 0
      var reserved = 0
      for file in files.all {
        guard let object = files[file].hugetlb, object.size == size else { continue }
        used += object.pages.count
        reserved += object.reserved.count
      }
      expect(pool.total == used + pool.free.count, "pages of a pool are lost", pool.total)
      expect(pool.reserved == reserved, "promised pages are miscounted", pool.reserved)
      expect(pool.free.count >= pool.reserved, "more is promised than there is", pool.reserved)
      expect(pool.surplus >= 0 && pool.surplus <= pool.total, "surplus is miscounted", pool.surplus)
      frames += pool.total * size.pages
    }
    return frames
  }
}
