internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// A page that is in swap is accessed: its frame is mapped, writable when nobody else refers to it,
  /// else as a page that is copied on a write.
  mutating func faultSwap(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ swapEntry: SwapEntry,
    _ access: AccessKind
  ) -> PageOutcome {
    let slot = swapEntry.slot
    guard let frame = swapIn(slot) else { return .outOfMemory }
    let object = anonymousObject(space, area)
    let area = spaces[space].areas.area(containing: page) ?? area
    // This entry, the cache and this fault: nobody else.
    let isExclusive =
      swap.references(to: slot) == 1 && memory.frames.mappings(of: frame) == 0
      && memory.frames.references(to: frame) == 2
    if memory.frames.mappings(of: frame) == 0 {
      // A frame that several may map belongs to the object that all of them are below.
      memory.frames.reassign(
        frame, state: .movable,
        object: (isExclusive ? object : anonymous.root(of: object)).rawValue,
        index: UInt64(area.backingIndex(page)))
    }
    if isExclusive {
      memory.frames.set(.anonExclusive, of: frame)
    } else {
      memory.frames.clear(.anonExclusive, of: frame)
    }
    // The fault's reference becomes the entry's.
    memory.frames.addMappings(1, to: frame)
    var entry = PageTableEntry(
      frame, bits(of: area, page, frame: frame, isSpecial: false).union(.accessed))
    let writesAtOnce = access == .write && entry.isWritable
    if writesAtOnce { entry.set(.dirty) }
    write(entry, page, place)
    swap.release(slot)
    spaces[space].resident.swapped -= 1
    spaces[space].resident.anonymous += 1
    if swap.isScarce || writesAtOnce || area.flags.contains(.locked) { freeSlot(of: frame) }
    if access == .write, !writesAtOnce { return faultWrite(space, area, page, place, entry) }
    return .done
  }
}
