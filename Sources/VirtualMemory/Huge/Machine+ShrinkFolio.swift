internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Collects the A and D bits of the leaves of a folio, as `takeUse` does for a page.
  mutating func takeUse(of head: FrameNumber, _ leaves: [FolioMapping]) -> FrameUse {
    var use = FrameUse()
    for mapping in leaves {
      let large = mapping.part == nil ? hugeSlot(mapping.space, mapping.page) : nil
      let small = leafTable(mapping.space, mapping.page).map {
        EntrySlot(table: $0, slot: mapping.page & 511)
      }
      guard let place = large ?? small else { continue }
      var entry = contents.entry(place.table, place.slot)
      if entry.isDirty { memory.frames.set(.dirty, of: head) }
      if let area = spaces[mapping.space].areas.area(containing: mapping.page) {
        if area.flags.contains(.locked) { use.isLocked = true }
        if area.flags.contains(.execute) { use.isExecutable = true }
      }
      guard entry.isAccessed else { continue }
      use.entries += 1
      entry.clear(.accessed)
      contents.setEntry(entry, place.table, place.slot)
    }
    return use
  }

  /// What reclaim does with an isolated folio (Linux: shrink_folio_list): used ones stay; one that is
  /// mapped in part is split, and so is one for which swap has no run of slots; else all of it goes to
  /// swap. Returns how many frames came free.
  mutating func shrinkFolio(_ head: FrameNumber, ignoresUse: Bool) -> Int {
    let leaves = folioMappings(of: head)
    let use = takeUse(of: head, leaves)
    let flags = memory.frames.flags(of: head)
    memory.frames.clear(.referenced, of: head)
    guard !use.isLocked else {
      // Locked pages stay; the others of the folio need not.
      if !isAllLocked(head, leaves), let parts = splitFolio(head, held: 1) {
        return shrink(parts, ignoresUse: ignoresUse)
      }
      memory.frames.set(.unevictable, of: head)
      putBack(head)
      return 0
    }
    if use.entries > 0, !ignoresUse {
      memory.frames.set(.referenced, of: head)
      let isActive = flags.contains(.referenced) || use.entries > 1
      putBack(head, isActive: isActive)
      return 0
    }
    let count = memory.frames.folioFrames(of: head)
    guard Int(memory.frames.references(to: head)) == leaves.count + 1 else {
      putBack(head)
      return 0
    }
    if flags.contains(.lazyFree) {
      guard !memory.frames.has(.dirty, head) else {
        memory.frames.clear(.lazyFree, of: head)
        putBack(head, isActive: true)
        return 0
      }
      takeLeaves(of: head, leaves, slot: nil)
      counters.pglazyfreed &+= UInt64(count)
      dropReference(head)
      return count
    }
    let isPartial = memory.frames.has(.partiallyMapped, head)
    if !isPartial, swap.free == 0 {
      putBack(head, isActive: true)
      return 0
    }
    let group = memory.frames.owner(of: head).group
    if !isPartial, let slot = swap.allocateRun(count, for: group) {
      swapOut(head, leaves, slot)
      return count
    }
    if !isPartial {
      if count == Self.hugePages { counters.thpSwpoutFallback &+= 1 }
      huge.counters[memory.frames.folioOrder(of: head)].swpoutFallback &+= 1
    }
    let before = memory.frames.framesMapped(of: head)
    let isWhole = memory.frames.wholeMappings(of: head) > 0
    guard let parts = splitFolio(head, held: 1) else {
      putBack(head, isActive: true)
      return 0
    }
    let unmapped = isWhole ? 0 : count - before
    return unmapped + shrink(parts, ignoresUse: ignoresUse)
  }

  /// Whether locked areas map every frame of a folio.
  private func isAllLocked(_ head: FrameNumber, _ leaves: [FolioMapping]) -> Bool {
    var locked: Set<FrameNumber> = []
    for leaf in leaves {
      let area = spaces[leaf.space].areas.area(containing: leaf.page)
      guard area?.flags.contains(.locked) == true else { continue }
      guard let part = leaf.part else { return true }
      locked.insert(part)
    }
    return locked.count == memory.frames.folioFrames(of: head)
  }

  /// Takes all leaves of a folio away; with a slot, those of frame i become entries for slot + i.
  private mutating func takeLeaves(
    of head: FrameNumber, _ leaves: [FolioMapping], slot: UInt32?
  ) {
    var gathers: [FlushGather] = []
    for mapping in leaves where mapping.part == nil {
      guard slot == nil, let place = hugeSlot(mapping.space, mapping.page) else {
        splitHugeLeaf(mapping.space, mapping.page)
        continue
      }
      _ = takeHuge(mapping.space, place)
      memory.frames.unmapWhole(head)
      memory.frames.addReferences(-1, to: head)
      spaces[mapping.space].resident.anonymous -= memory.frames.folioFrames(of: head)
      for page in [mapping.page, mapping.page + Self.hugePages - 1] {
        Self.add(Mapping(space: mapping.space, page: page), to: &gathers)
      }
      if memory.frames.mappings(of: place.table) == 0 {
        emptiedTables.append(Mapping(space: mapping.space, page: mapping.page))
      }
    }
    for mapping in folioMappings(of: head) {
      guard let frame = mapping.part, let table = leafTable(mapping.space, mapping.page) else {
        continue
      }
      var new = PageTableEntry.none
      if let slot {
        let own = slot + UInt32(frame.index - head.index)
        new = SwapEntry(slot: own).entry
        swap.retain(own)
        spaces[mapping.space].resident.swapped += 1
      }
      setEntry(new, at: EntrySlot(table: table, slot: mapping.page & 511))
      elapsed += costs.entry
      spaces[mapping.space].resident.anonymous -= 1
      memory.frames.unmapPart(frame)
      memory.frames.addReferences(-1, to: head)
      let small = Mapping(space: mapping.space, page: mapping.page)
      Self.add(small, to: &gathers)
      if memory.frames.mappings(of: table) == 0 { emptiedTables.append(small) }
    }
    for index in gathers.indices { finish(&gathers[index]) }
  }

  /// Writes an isolated folio to a run of slots, in one request, and frees it.
  private mutating func swapOut(
    _ head: FrameNumber, _ leaves: [FolioMapping], _ slot: UInt32
  ) {
    let count = memory.frames.folioFrames(of: head)
    let group = Int(memory.frames.owner(of: head).group)
    takeLeaves(of: head, leaves, slot: slot)
    for part in 0..<count {
      let own = slot + UInt32(part)
      contents.copy(head.advanced(by: part), to: place(of: own))
      swap.setAge(ageAtEviction(group), of: own)
    }
    counters.pswpout &+= UInt64(count)
    counters.pgpgout &+= UInt64(4 * count)
    if count == Self.hugePages { counters.thpSwpout &+= 1 }
    huge.counters[memory.frames.folioOrder(of: head)].swpout &+= 1
    elapsed += costs.writePage + costs.readNextPage * UInt64(count - 1)
    note(.swappedOut(head, slot: slot))
    dropReference(head)
  }

  /// Splits folios that wait for it, the oldest first, and frees their unmapped frames (Linux:
  /// deferred_split_scan under shrink_slab, which lets a short queue be until the priority is high).
  /// The huge page of zeros goes, too, when nobody has it.
  mutating func shrinkDeferred(_ control: inout ReclaimControl) {
    if (Self.hugePages >> control.priority) * 2 >= 128 { control.reclaimed += shrinkHugeZero() }
    let length = huge.deferred.count
    let share = (length >> control.priority) * 2
    guard length > 0, share >= min(length, 128) else { return }
    for _ in 0..<min(share, length) {
      guard let tail = huge.deferred.back else { return }
      let head = memory.frames.head(of: tail)
      let unmapped =
        memory.frames.folioFrames(of: head) - memory.frames.framesMapped(of: head)
      elapsed += costs.scanPage
      if splitFolio(head) != nil {
        control.reclaimed += unmapped
        control.scanned += unmapped
      } else {
        // Somebody holds it: to the end of the queue.
        memory.frames.remove(tail, from: &huge.deferred)
        memory.frames.pushFront(tail, to: &huge.deferred)
      }
    }
  }
}
