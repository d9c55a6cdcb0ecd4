internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Moves frames from the back of an active list to the inactive one, and notes their use as seen
  /// (Linux: shrink_active_list). Used pages of executable mappings of files stay.
  mutating func shrinkActive(_ group: Int, _ kind: LRULists.Kind, _ count: Int) {
    var rotated = 0
    var scanned = 0
    while scanned < count {
      guard let frame = groups[group].lists[kind].back else { break }
      let pages = memory.frames.folioFrames(of: frame)
      scanned += pages
      counters.pgrefill &+= UInt64(pages)
      elapsed += costs.scanPage
      let use = takeUse(of: frame)
      if use.isLocked {
        changeLRU(frame) { $0.insert(.unevictable) }
      } else if use.entries > 0, use.isExecutable, kind.isFile {
        rotated += pages
        changeLRU(frame) { _ in }
      } else {
        counters.pgdeactivate &+= UInt64(pages)
        changeLRU(frame) { flags in
          flags.remove(.active)
          flags.insert(.workingset)
        }
      }
    }
    noteCost(group, isFile: kind.isFile, writes: 0, rotated: rotated)
  }

  /// Reclaims from the back of an inactive list (Linux: shrink_inactive_list).
  mutating func shrinkInactive(
    _ group: Int, _ kind: LRULists.Kind, _ count: Int, _ control: inout ReclaimControl
  ) {
    var frames: [FrameNumber] = []
    var scanned = 0
    while scanned < count, let frame = groups[group].lists[kind].back {
      isolate(frame)
      frames.append(frame)
      scanned += memory.frames.folioFrames(of: frame)
    }
    let writes = counters.pgpgout
    let freed = shrink(frames)
    control.scanned += scanned
    control.reclaimed += freed
    switch control.cause {
    case .background:
      counters.pgscanKswapd &+= UInt64(scanned)
      counters.pgstealKswapd &+= UInt64(freed)
    case .direct:
      counters.pgscanDirect &+= UInt64(scanned)
      counters.pgstealDirect &+= UInt64(freed)
    case .group: break
    }
    noteCost(
      group, isFile: kind.isFile, writes: Int(counters.pgpgout &- writes) / 4,
      rotated: max(scanned - freed, 0))
  }

  /// Takes a frame off its list for reclaim, which holds it from here on.
  mutating func isolate(_ frame: FrameNumber) {
    removeFromLRU(frame)
    memory.frames.addReferences(1, to: frame)
  }

  /// Frees what can be freed of isolated frames, and puts the others back; returns how many were freed
  /// (Linux: shrink_folio_list). Entries of all are taken away first, then every TLB forgets them, and
  /// only then are pages written and frames freed.
  /// - Parameter ignoresUse: pages go whether they were used or not.
  mutating func shrink(_ frames: [FrameNumber], ignoresUse: Bool = false) -> Int {
    var unmapped: [FrameNumber] = []
    var gathers: [FlushGather] = []
    var freed = 0
    for frame in frames {
      elapsed += costs.scanPage
      if memory.frames.isInFolio(frame) {
        freed += shrinkFolio(frame, ignoresUse: ignoresUse)
        continue
      }
      let entries = mappings(of: frame)
      switch decide(frame, entries, ignoresUse: ignoresUse) {
      case .keep: putBack(frame)
      case .activate: putBack(frame, isActive: true)
      case .lock:
        memory.frames.set(.unevictable, of: frame)
        putBack(frame)
      case .reclaim:
        takeEntries(of: frame, entries, &gathers)
        unmapped.append(frame)
      }
    }
    for index in gathers.indices { finish(&gathers[index]) }
    for frame in unmapped where release(frame) { freed += 1 }
    return freed
  }

  /// Gives an isolated frame back to its list.
  mutating func putBack(_ frame: FrameNumber, isActive: Bool = false) {
    if isActive {
      if swap.isScarce, memory.frames.has(.swapCache, frame) { freeSlot(of: frame) }
      memory.frames.set(.active, of: frame)
      let pages = UInt64(memory.frames.folioFrames(of: frame))
      groups[Int(memory.frames.owner(of: frame).group)].age &+= pages
      counters.pgactivate &+= pages
    }
    addToLRU(frame)
    dropReference(frame)
  }

  private enum Decision {
    case keep
    case activate
    case lock
    case reclaim
  }

  /// What becomes of an isolated frame: used ones stay, those used twice become active (Linux:
  /// folio_check_references); a page for swap gets its slot.
  private mutating func decide(
    _ frame: FrameNumber, _ entries: [Mapping], ignoresUse: Bool
  ) -> Decision {
    let use = takeUse(of: frame, entries)
    if use.isLocked { return .lock }
    let flags = memory.frames.flags(of: frame)
    let isFile = Self.list(for: flags).isFile
    memory.frames.clear(.referenced, of: frame)
    if use.entries > 0, !ignoresUse {
      memory.frames.set(.referenced, of: frame)
      if flags.contains(.referenced) || use.entries > 1 { return .activate }
      return use.isExecutable && isFile ? .activate : .keep
    }
    // Whoever else holds the frame is at work with it.
    let isCached = flags.contains(.swapCache) || memory.frames.state(of: frame) == .fileCache
    let held = Int(memory.frames.mappings(of: frame)) + (isCached ? 1 : 0) + 1
    guard Int(memory.frames.references(to: frame)) == held else { return .keep }
    if flags.contains(.lazyFree) {
      guard memory.frames.has(.dirty, frame) else { return .reclaim }
      // Written since MADV_FREE: an ordinary page again.
      memory.frames.clear(.lazyFree, of: frame)
      return .activate
    }
    if memory.frames.state(of: frame) == .movable, !flags.contains(.swapCache) {
      let group = memory.frames.owner(of: frame).group
      guard let slot = swap.allocate(for: group) else { return .activate }
      enterSwapCache(frame, slot)
      memory.frames.set(.dirty, of: frame)
    } else if flags.contains(.swapBacked), swap.free == 0, !flags.contains(.swapCache) {
      return .activate
    }
    return .reclaim
  }

  /// Collects what the leaves of a frame, or of a folio by its head, know of its use.
  mutating func takeUse(of frame: FrameNumber) -> FrameUse {
    memory.frames.isInFolio(frame)
      ? takeUse(of: frame, folioMappings(of: frame)) : takeUse(of: frame, mappings(of: frame))
  }

  /// What the entries of a frame know of its use.
  struct FrameUse {
    /// Entries through which it was used since the last look.
    var entries = 0
    /// An area that maps it is locked.
    var isLocked = false
    var isExecutable = false
  }

  /// Collects the A and D bits of a frame's entries: A is cleared, D is noted at the frame. As on Linux
  /// for x86 no TLB is flushed for A: a page in constant use may look unused for a while.
  mutating func takeUse(of frame: FrameNumber, _ entries: [Mapping]) -> FrameUse {
    var use = FrameUse()
    for mapping in entries {
      guard let table = leafTable(mapping.space, mapping.page) else { continue }
      var entry = contents.entry(table, mapping.page & 511)
      if entry.isDirty { markDirty(frame) }
      if let area = spaces[mapping.space].areas.area(containing: mapping.page) {
        if area.flags.contains(.locked) { use.isLocked = true }
        if area.flags.contains(.execute) { use.isExecutable = true }
      }
      guard entry.isAccessed else { continue }
      use.entries += 1
      entry.clear(.accessed)
      contents.setEntry(entry, table, mapping.page & 511)
    }
    return use
  }
}
