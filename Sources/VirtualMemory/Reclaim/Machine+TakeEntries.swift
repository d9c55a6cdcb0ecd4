internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Takes all entries of an isolated frame away (Linux: try_to_unmap): those of anonymous pages become
  /// swap entries, those of files and of pages given up by MADV_FREE are cleared. The TLBs must forget
  /// them before the frame is written or freed.
  mutating func takeEntries(
    of frame: FrameNumber, _ entries: [Mapping], _ gathers: inout [FlushGather]
  ) {
    let slot = swap.slot(of: frame)
    let isAnonymous = memory.frames.state(of: frame) == .movable
    for mapping in entries {
      let (space, page) = (mapping.space, mapping.page)
      guard let table = leafTable(space, page) else { continue }
      let place = EntrySlot(table: table, slot: page & 511)
      if contents.entry(table, place.slot).isDirty { markDirty(frame) }
      var new = PageTableEntry.none
      if isAnonymous, let slot {
        new = SwapEntry(slot: slot).entry
        swap.retain(slot)
        spaces[space].resident.swapped += 1
      }
      setEntry(new, at: place)
      elapsed += costs.entry
      if isAnonymous {
        spaces[space].resident.anonymous -= 1
      } else {
        spaces[space].resident.file -= 1
      }
      memory.frames.addMappings(-1, to: frame)
      memory.frames.addReferences(-1, to: frame)
      Self.add(mapping, to: &gathers)
      if memory.frames.mappings(of: table) == 0 { emptiedTables.append(mapping) }
    }
    if isAnonymous { memory.frames.clear(.anonExclusive, of: frame) }
  }

  /// Frees an isolated frame without entries, whose contents are written first if they must be. A frame
  /// that cannot be written goes back to its list; false then.
  mutating func release(_ frame: FrameNumber) -> Bool {
    let owner = memory.frames.owner(of: frame)
    let flags = memory.frames.flags(of: frame)
    if owner.state == .movable {
      if let slot = swap.slot(of: frame) {
        if flags.contains(.dirty) { writeSwap(frame, slot) }
        swap.setAge(ageAtEviction(Int(owner.group)), of: slot)
        leaveSwapCache(frame)
      } else {
        counters.pglazyfreed &+= 1
      }
      dropReference(frame)
      return true
    }
    let file = FileID(rawValue: owner.object)
    let index = Int(owner.index)
    if flags.contains(.swapBacked) {
      guard let slot = swap.allocate(for: owner.group) else { return keep(frame) }
      writeSwap(frame, slot)
      swap.retain(slot)
      swap.setAge(ageAtEviction(Int(owner.group)), of: slot)
      files[file].swapped[index] = slot
    } else if flags.contains(.dirty) {
      elapsed += costs.writePage
      guard writeBackPage(frame) else { return keep(frame) }
    }
    if !flags.contains(.swapBacked) {
      let age = ageAtEviction(Int(owner.group))
      files[file].evictions.note(index, age, frameCount: configuration.frameCount)
    }
    removeCachedPage(file, index)
    dropReference(frame)
    return true
  }

  private mutating func keep(_ frame: FrameNumber) -> Bool {
    memory.frames.set(.active, of: frame)
    counters.pgactivate &+= 1
    addToLRU(frame)
    dropReference(frame)
    return false
  }

  /// Gives tables back that reclaim has emptied. Only where nobody holds a table.
  mutating func pruneEmptiedTables() {
    guard !emptiedTables.isEmpty else { return }
    for mapping in emptiedTables where spaces.has(mapping.space) {
      pruneTables(mapping.space, mapping.page)
    }
    emptiedTables.removeAll(keepingCapacity: true)
  }
}
