internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// A write to a page whose entry is present and not writable.
  mutating func faultWrite(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ entry: PageTableEntry
  ) -> PageOutcome {
    if area.isShared {
      // The first write since the page was clean.
      markDirty(entry.frame)
      allowWrite(space, page, place, entry)
      return .done
    }
    if !entry.has(.special), isLastOwner(space, page, entry) {
      counters.cowReused &+= 1
      memory.frames.set(.anonExclusive, of: entry.frame)
      allowWrite(space, page, place, entry)
      return .done
    }
    return copyPage(space, area, page, place, entry)
  }

  /// Whether nobody but the one entry refers to an anonymous frame: it needs no copy.
  private mutating func isLastOwner(
    _ space: SpaceID, _ page: Int, _ entry: PageTableEntry
  ) -> Bool {
    let frame = entry.frame
    guard memory.frames.state(of: frame) == .movable else { return false }
    if memory.frames.has(.anonExclusive, frame) { return true }
    if entry.has(.folio) { return isOnlySpace(space, page, frame) }
    guard memory.frames.mappings(of: frame) == 1, freeSlot(of: frame) else { return false }
    return memory.frames.references(to: frame) == 1
  }

  private mutating func allowWrite(
    _ space: SpaceID, _ page: Int, _ place: EntrySlot, _ entry: PageTableEntry
  ) {
    var writable = entry
    writable.set([.writable, .dirty, .accessed])
    write(writable, page, place)
    flushLocal(space, page)
  }

  /// Gives the address space a copy of its own.
  private mutating func copyPage(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ entry: PageTableEntry
  ) -> PageOutcome {
    // Reclaim for the copy must not take the original.
    let source = entry.frame
    let holder = memory.frames.head(of: source)
    if !entry.has(.special) { memory.frames.addReferences(1, to: holder) }
    defer { if !entry.has(.special) { dropReference(holder) } }
    guard let frame = makeAnonymousFrame(space, area, page) else { return .outOfMemory }
    let now = contents.entry(place.table, place.slot)
    if entry.has(.special) { zero(frame) } else { copy(source, to: frame) }
    guard now == entry else {
      // Reclaim took the page meanwhile: the fault comes again and finds it in swap.
      dropReference(frame)
      return .done
    }
    var gather = FlushGather(space)
    gather.add(page)
    if memory.frames.has(.unevictable, holder) { changeLRU(holder) { $0.remove(.unevictable) } }
    if entry.has(.folio) {
      gather.parts.append(entry)
    } else if !entry.has(.special) {
      if unmapFrame(entry) {
        spaces[space].resident.file -= 1
      } else {
        spaces[space].resident.anonymous -= 1
      }
      gather.frames.append(source)
    }
    setEntry(.none, at: place)
    finish(&gather)
    let area = spaces[space].areas.area(containing: page) ?? area
    mapAnonymous(space, area, page, place, frame)
    return .done
  }
}
