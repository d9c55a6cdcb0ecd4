internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// The part of a fault that knows leaves of 2 MiB: a write to one, or a new one for anonymous memory
  /// that has nothing there yet. Nil where the fault goes on with pages of 4 KiB.
  @inline(never)
  mutating func resolveHuge(
    _ space: SpaceID, _ area: Area, _ page: Int, _ access: AccessKind
  ) -> PageOutcome? {
    if let place = hugeSlot(space, page) {
      let leaf = contents.entry(place.table, place.slot)
      if access == .write, !leaf.isWritable {
        return writeHuge(space, area, page, place, leaf)
      }
      counters.spuriousFaults &+= 1
      flushLocal(space, page)
      return .done
    }
    guard area.isAnonymous else { return nil }
    let orders = allowedOrders(space, area)
    guard !orders.isEmpty else { return nil }
    let isRead = access != .write && sharesZeroPage
    if orders.hasHuge, area.holdsBlock(page), isEmptyBlock(space, page) {
      let outcome =
        isRead && huge.settings?.useZeroPage == true
        ? mapHugeZero(space, area, page)
        : mapHugeAnonymous(space, area, page, isWritten: access == .write)
      if let outcome { return outcome }
    }
    if orders.small.isEmpty || isRead { return nil }
    return mapSmallFolio(space, area, page, orders.small, isWritten: access == .write)
  }

  /// Orders of folios that the settings, the area's advice and the address space allow at a fault (Linux:
  /// thp_vma_allowable_orders).
  @inline(__always)
  private func allowedOrders(_ space: SpaceID, _ area: Area) -> FolioOrders {
    let orders = area.flags.contains(.hugePage) ? huge.advisedOrders : huge.orders
    guard !orders.isEmpty, !area.flags.contains(.noHugePage), !spaces[space].forbidsHugePages
    else { return FolioOrders(bits: 0) }
    return orders
  }

  /// Whether a huge page may come to `page` by the settings, the area's advice and its borders.
  /// - Parameter isForced: MADV_COLLAPSE, which asks for the area's own advice alone.
  func mayBeHuge(
    _ space: SpaceID, _ area: Area, _ page: Int, isForced: Bool = false
  ) -> Bool {
    guard huge.settings != nil, area.holdsBlock(page) else { return false }
    if isForced {
      return !area.flags.contains(.noHugePage) && !spaces[space].forbidsHugePages
    }
    return allowedOrders(space, area).hasHuge
  }

  /// Whether there is neither a table nor a leaf for the block of a page.
  private mutating func isEmptyBlock(_ space: SpaceID, _ page: Int) -> Bool {
    if leafTable(space, page) != nil { return false }
    guard let place = directorySlot(space, page) else { return true }
    return contents.entry(place.table, place.slot).isNone
  }

  /// A folio of zeros for a block (Linux: do_huge_pmd_anonymous_page). Nil, and the failure counted,
  /// where there is none.
  private mutating func mapHugeAnonymous(
    _ space: SpaceID, _ area: Area, _ page: Int, isWritten: Bool
  ) -> PageOutcome? {
    guard let head = makeHugeFolio(space, area, page) else { return nil }
    guard mapFolio(space, area, page, head, isWritten: isWritten) else {
      dropReference(head)
      return .outOfMemory
    }
    countHugeFault()
    return .done
  }

  private mutating func countHugeFault() {
    counters.thpFaultAlloc &+= 1
    huge.counters[Order.huge.index].anonFaultAlloc &+= 1
  }

  /// Enters a folio that only this address space has and to which the caller has the one reference;
  /// false when there is no frame for a table.
  mutating func mapFolio(
    _ space: SpaceID, _ area: Area, _ page: Int, _ head: FrameNumber, isWritten: Bool
  ) -> Bool {
    guard let deposit = makeDeposit(space) else { return false }
    guard let place = makeDirectorySlot(space, page) else {
      dropDeposit(space, deposit)
      return false
    }
    let leaf = makeLeaf(space, area, page, head, isWritten: isWritten)
    enterHuge(leaf, space, page, place, deposit: deposit)
    return true
  }

  /// The word for a folio that only this address space has, which counts from here on as mapped.
  mutating func makeLeaf(
    _ space: SpaceID, _ area: Area, _ page: Int, _ head: FrameNumber, isWritten: Bool
  ) -> PageTableEntry {
    let area = spaces[space].areas.area(containing: page) ?? area
    memory.frames.set(.anonExclusive, of: head)
    memory.frames.mapWhole(head)
    spaces[space].resident.anonymous += Self.hugePages
    var leaf = PageTableEntry(
      head, hugeBits(of: area, page, frame: head, isSpecial: false).union(.accessed))
    if leaf.isWritable, isWritten { leaf.set(.dirty) }
    return leaf
  }

  /// A folio of zeros for the block of a page, charged and on its LRU list, with the caller's reference
  /// and no mapping; nil, and the failure counted, where there is none.
  private mutating func makeHugeFolio(
    _ space: SpaceID, _ area: Area, _ page: Int
  ) -> FrameNumber? {
    let effort =
      huge.settings?.effort(isAdvised: area.flags.contains(.hugePage)) ?? []
    switch takeFolio(space, area, page, .huge, effort) {
    case .folio(let head):
      zeroHugeFolio(head)
      return head
    case .noFrame: break
    case .noCharge:
      counters.thpFaultFallbackCharge &+= 1
      huge.counters[Order.huge.index].anonFaultFallbackCharge &+= 1
    }
    counters.thpFaultFallback &+= 1
    huge.counters[Order.huge.index].anonFaultFallback &+= 1
    return nil
  }

  enum FolioOutcome {
    case folio(FrameNumber)
    case noFrame
    /// The group is at its limit.
    case noCharge
  }

  /// A folio for the aligned block of an order around a page, charged and on its LRU list, with one
  /// reference and no mapping; its bytes are whatever they were.
  mutating func takeFolio(
    _ space: SpaceID, _ area: Area, _ page: Int, _ order: Order, _ effort: AllocationEffort
  ) -> FolioOutcome {
    let count = order.frameCount
    let first = page & -count
    let object = anonymousObject(space, area)
    let group = spaces[space].group
    let owner = FrameOwner(
      state: .movable, group: group, object: object.rawValue,
      index: UInt64(area.backingIndex(first)))
    guard let head = allocateBlock(order, owner, .movable, effort: effort) else { return .noFrame }
    guard mayCharge(Int(group), count, effort) else {
      counters.pgfree &+= UInt64(count)
      memory.free(head, order, core: currentCore)
      return .noCharge
    }
    memory.frames.setFolio(head, order)
    huge.counters[order.index].nrAnon &+= 1
    groups[Int(group)].charged &+= count
    memory.frames.set([.swapBacked, .upToDate], of: head)
    addToLRU(head)
    return .folio(head)
  }

  /// Whether a group may have so many frames more; where the effort allows it, its own pages go for
  /// them, but once.
  private mutating func mayCharge(
    _ group: Int, _ count: Int, _ effort: AllocationEffort
  ) -> Bool {
    guard let limit = groups[group].limit, groups[group].charged + count > limit else {
      return true
    }
    guard effort.contains(.direct), count <= limit else { return false }
    var control = ReclaimControl(
      .group, target: groups[group].charged + count - limit, group: group)
    reclaim(&control)
    return groups[group].charged + count <= limit
  }

  /// Fills a folio of 2 MiB with zeros.
  private mutating func zeroHugeFolio(_ head: FrameNumber) {
    for part in 0..<Self.hugePages { contents.zero(head.advanced(by: part)) }
    counters.pagesZeroed &+= UInt64(Self.hugePages)
    elapsed += costs.zeroHugePage
    note(.frameZeroed(head))
  }

  // MARK: The huge page of zeros

  /// Maps the shared huge page of zeros.
  private mutating func mapHugeZero(
    _ space: SpaceID, _ area: Area, _ page: Int
  ) -> PageOutcome? {
    guard let zero = hugeZero(for: space) else {
      counters.thpFaultFallback &+= 1
      return nil
    }
    guard let deposit = makeDeposit(space) else { return .outOfMemory }
    guard let place = makeDirectorySlot(space, page) else {
      dropDeposit(space, deposit)
      return .outOfMemory
    }
    let bits = hugeBits(of: area, page, frame: zero, isSpecial: true).union(.accessed)
    enterHuge(PageTableEntry(zero, bits), space, page, place, deposit: deposit)
    counters.zeroPageMapped &+= 1
    return .done
  }

  /// The huge page of zeros, made now if there is none, and kept while the address space lives (Linux:
  /// mm_get_huge_zero_folio).
  private mutating func hugeZero(for space: SpaceID) -> FrameNumber? {
    if huge.zeroFolio == nil {
      let owner = FrameOwner(state: .unmovable)
      guard let head = allocateBlock(.huge, owner, .unmovable) else {
        counters.thpZeroPageAllocFailed &+= 1
        return nil
      }
      zeroHugeFolio(head)
      counters.thpZeroPageAlloc &+= 1
      huge.zeroFolio = head
    }
    if !spaces[space].usesHugeZero {
      spaces[space].usesHugeZero = true
      huge.zeroUsers += 1
    }
    return huge.zeroFolio
  }

  /// An address space ends.
  mutating func leaveHugeZero(_ space: SpaceID) {
    if spaces[space].usesHugeZero { huge.zeroUsers -= 1 }
  }

  /// For reclaim: frees the huge page of zeros if no address space has it; returns how many frames.
  mutating func shrinkHugeZero() -> Int {
    guard huge.zeroUsers == 0, let head = huge.zeroFolio else { return 0 }
    huge.zeroFolio = nil
    counters.pgfree &+= UInt64(Self.hugePages)
    memory.free(head, .huge, core: currentCore)
    return Self.hugePages
  }

  // MARK: Writes

  /// A write to a leaf that is not writable (Linux: do_huge_pmd_wp_page). The page of zeros gives way to
  /// a folio; a folio that nobody else has becomes writable; any other leaf is split, and the fault
  /// goes on with one page.
  private mutating func writeHuge(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ leaf: PageTableEntry
  ) -> PageOutcome? {
    if leaf.has(.special) {
      guard let head = makeHugeFolio(space, area, page) else {
        splitHugeLeaf(space, page)
        return nil
      }
      setEntry(.none, at: place)
      flush(space, Self.hugeRange(page))
      let written = makeLeaf(space, area, page, head, isWritten: true)
      setEntry(written, at: place)
      elapsed += costs.entry
      countHugeFault()
      note(.entryWritten(page: page & ~511, written))
      return .done
    }
    guard memory.frames.has(.anonExclusive, leaf.frame) || isLastOwner(of: leaf.frame) else {
      splitHugeLeaf(space, page)
      return nil
    }
    counters.cowReused &+= 1
    memory.frames.set(.anonExclusive, of: leaf.frame)
    var writable = leaf
    writable.set([.writable, .dirty, .accessed])
    setEntry(writable, at: place)
    elapsed += costs.entry
    note(.entryWritten(page: page & ~511, writable))
    flushLocal(space, page)
    return .done
  }

  /// Whether one large leaf is all that refers to a folio.
  private func isLastOwner(of head: FrameNumber) -> Bool {
    memory.frames.leaves(of: head) == 1 && memory.frames.references(to: head) == 1
  }

  /// Whether all leaves that map a folio are those of one address space for its pages around `page`,
  /// and nobody else refers to it (Linux: wp_can_reuse_anon_folio).
  mutating func isOnlySpace(_ space: SpaceID, _ page: Int, _ frame: FrameNumber) -> Bool {
    let head = memory.frames.head(of: frame)
    let leaves = memory.frames.leaves(of: head)
    let count = memory.frames.folioFrames(of: head)
    guard memory.frames.mappingsInAll(of: frame) == 1,
      Int(memory.frames.references(to: head)) == leaves, leaves <= count
    else { return false }
    let first = page - (frame.index - head.index)
    var own = 0
    for part in 0..<count {
      let entry = entry(space, first + part)
      if entry.mapsFrame, entry.has(.folio), entry.frame == head.advanced(by: part) { own += 1 }
    }
    return own == leaves
  }
}
