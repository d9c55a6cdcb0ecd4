internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Copies the pages of a block into a folio and maps that with one leaf (Linux: collapse_huge_page),
  /// if the block lies in an anonymous area that has pages.
  /// - Parameter limits: what khugepaged passes over; nil for MADV_COLLAPSE, which takes all.
  mutating func collapse(
    _ space: SpaceID, _ page: Int, _ limits: TransparentHugePages.Khugepaged?
  ) -> CollapseResult {
    if hugeSlot(space, page) != nil { return .alreadyHuge }
    guard let area = spaces[space].areas.area(containing: page), area.isAnonymous,
      area.anonymous != nil, let table = leafTable(space, page)
    else { return .noTable }
    if let refusal = lookAt(table, limits) { return refusal }
    let effort: AllocationEffort = limits?.defrag ?? true ? .direct : []
    let head: FrameNumber
    switch takeFolio(space, area, page, .huge, effort) {
    case .folio(let found): head = found
    case .noFrame:
      counters.thpCollapseAllocFailed &+= 1
      return .noHugePage
    case .noCharge:
      counters.thpCollapseAlloc &+= 1
      return .noCharge
    }
    counters.thpCollapseAlloc &+= 1
    // Reclaim may have emptied the table, which stays, or sent pages to swap.
    guard bringBack(space, page, table) else {
      dropReference(head)
      return .pageFailed
    }
    if let refusal = lookAt(table, nil) {
      dropReference(head)
      return refusal
    }
    replace(space, page, table, with: head)
    return .collapsed
  }

  /// Whether the pages of a leaf table can become one (hpage_collapse_scan_pmd); nil when they can.
  private mutating func lookAt(
    _ table: FrameNumber, _ limits: TransparentHugePages.Khugepaged?
  ) -> CollapseResult? {
    var (none, swapped, shared, referenced) = (0, 0, 0, 0)
    for slot in 0..<Self.hugePages {
      let entry = contents.entry(table, slot)
      if SwapEntry(entry) != nil {
        swapped += 1
      } else if entry.isNone || entry.has(.special) {
        none += 1
      } else {
        let frame = entry.frame
        let head = memory.frames.head(of: frame)
        if memory.frames.mappingsInAll(of: frame) > 1 { shared += 1 }
        let leaves =
          entry.has(.folio)
          ? memory.frames.leaves(of: head) : Int(memory.frames.mappings(of: frame))
        let held = leaves + (memory.frames.has(.swapCache, head) ? 1 : 0)
        guard memory.frames.state(of: frame) == .movable, memory.frames.has(.lru, head),
          Int(memory.frames.references(to: head)) == held
        else { return .pageCount }
        if entry.isAccessed || memory.frames.has(.referenced, head) { referenced += 1 }
      }
    }
    guard let limits else { return nil }
    if none > limits.maxPtesNone || none == Self.hugePages { return .exceedsNone }
    if swapped > limits.maxPtesSwap { return .exceedsSwap }
    if shared > limits.maxPtesShared { return .exceedsShared }
    if referenced == 0 || swapped > 0 && referenced < Self.hugePages / 2 { return .lacksReferenced }
    return nil
  }

  /// Brings the pages of a block back from swap; false when one is not to be had.
  private mutating func bringBack(_ space: SpaceID, _ page: Int, _ table: FrameNumber) -> Bool {
    let first = page & ~511
    for slot in 0..<Self.hugePages {
      guard let swapEntry = SwapEntry(contents.entry(table, slot)) else { continue }
      guard let area = spaces[space].areas.area(containing: first + slot),
        faultSwap(
          space, area, first + slot, EntrySlot(table: table, slot: slot), swapEntry, .read)
          == .done
      else { return false }
    }
    return (0..<Self.hugePages).allSatisfy { SwapEntry(contents.entry(table, $0)) == nil }
  }

  /// Takes the entries of a leaf table away, copies what they map, and puts a leaf in the table's place;
  /// the table waits for the leaf to be split again.
  private mutating func replace(
    _ space: SpaceID, _ page: Int, _ table: FrameNumber, with head: FrameNumber
  ) {
    guard let place = directorySlot(space, page),
      let area = spaces[space].areas.area(containing: page)
    else { fatalError("machine: a leaf table that nothing leads to: \(page)") }
    var gather = FlushGather(space)
    let range = Self.hugeRange(page)
    var used = 0
    for slot in 0..<Self.hugePages {
      let target = head.advanced(by: slot)
      let entry = contents.entry(table, slot)
      if !entry.isNone {
        contents.setEntry(.none, table, slot)
        used += 1
      }
      if entry.isNone || entry.has(.special) {
        zero(target)
        continue
      }
      copy(entry.frame, to: target)
      if entry.isPlain { gather.entries.append(entry) } else { gather.parts.append(entry) }
    }
    memory.frames.addMappings(-used, to: table)
    contents.setEntry(.none, place.table, place.slot)
    spaces[space].leafBlock = -1
    // The walk caches forget the table, too.
    flush(space, range, freesTables: true)
    finish(&gather)
    let leaf = makeLeaf(space, area, page, head, isWritten: true)
    contents.setEntry(leaf, place.table, place.slot)
    spaces[space].deposits.append(table)
    spaces[space].hugeLeaves += 1
    elapsed += costs.entry
    note(.entryWritten(page: range.start, leaf))
  }

  /// MADV_COLLAPSE: huge pages at once, whatever the settings say, for every whole block of a part of an
  /// area (Linux: madvise_collapse).
  ///
  /// Errors: EINVAL (no area for huge pages, nothing there), ENOMEM (no huge page), EBUSY (the group's
  /// limit), EAGAIN (a page is held).
  mutating func collapse(_ space: SpaceID, _ area: Area, _ part: PageRange) throws(Errno) {
    let first = (area.start + 511) & ~511
    guard area.isAnonymous, mayBeHuge(space, area, first, isForced: true) else { throw .invalid }
    let start = (part.start + 511) & ~511
    let end = part.end & ~511
    var made = 0
    var failure: CollapseResult?
    for page in stride(from: start, to: end, by: Self.hugePages) {
      let result = collapse(space, page, nil)
      switch result {
      case .collapsed, .alreadyHuge: made += 1
      default: failure = result
      }
      if result.endsAdvice { break }
    }
    if made != (end - start) >> 9 { throw failure?.errno ?? .invalid }
  }
}
