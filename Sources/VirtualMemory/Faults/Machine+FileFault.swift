internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// A page of a file, or of shared anonymous memory, that has no entry yet.
  mutating func faultFile(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ access: AccessKind
  ) -> PageOutcome {
    guard let file = area.file else { return .beyondFile }
    let index = area.backingIndex(page)
    // Around a page behind the file's end too: what lies before the end is mapped all the same.
    if access != .write, mapAround(space, area, page, place, file) { return .done }
    guard index < files[file].pageCount else {
      // As in Linux, a private area is prepared for its first page before the file is asked.
      if access == .write, !area.isShared { _ = anonymousObject(space, area) }
      return .beyondFile
    }
    let (found, isMajor) = cachePageForFault(area, file, index)
    if isMajor { counters.pgmajfault &+= 1 }
    let cached: FrameNumber
    switch found {
    case .frame(let frame, _): cached = frame
    case .unreadable: return .beyondFile
    case .outOfMemory: return .outOfMemory
    }
    // Held while frames are taken, which may have to reclaim.
    memory.frames.addReferences(1, to: cached)
    if access == .write, !area.isShared {
      defer { dropReference(cached) }
      guard let frame = makeAnonymousFrame(space, area, page) else { return .outOfMemory }
      guard let place = emptySlot(space, page) else {
        dropReference(frame)
        return .done
      }
      copy(cached, to: frame)
      let area = spaces[space].areas.area(containing: page) ?? area
      mapAnonymous(space, area, page, place, frame)
      return .done
    }
    guard let place = emptySlot(space, page) else {
      dropReference(cached)
      return .done
    }
    if access == .write { markDirty(cached) }
    mapFilePage(space, area, page, place, cached, isWrite: access == .write)
    return .done
  }

  /// The word of a page without an entry. Reclaim may have taken its table while it was empty; nil
  /// when the fault has to come again.
  private mutating func emptySlot(_ space: SpaceID, _ page: Int) -> EntrySlot? {
    guard let table = makeLeafTable(space, page),
      contents.entry(table, page & 511).isNone
    else { return nil }
    return EntrySlot(table: table, slot: page & 511)
  }

  /// Enters a frame of the page cache, of which the caller hands over one reference.
  private mutating func mapFilePage(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ frame: FrameNumber,
    isWrite: Bool
  ) {
    memory.frames.addMappings(1, to: frame)
    var entry = PageTableEntry(
      frame, bits(of: area, page, frame: frame, isSpecial: false).union(.accessed))
    if isWrite { entry.set([.writable, .dirty]) }
    write(entry, page, place)
    spaces[space].resident.file += 1
  }

  /// Fault-around: maps the cached pages of the window of `faultAroundBytes` around a read fault whose
  /// entries are empty, without reading any. True when the page itself was among them.
  ///
  /// The window begins at a multiple of its own size in the leaf table, or at the area's start, and ends
  /// so many pages later, at the end of the table, of the area or of the file. Marker pages of
  /// read-ahead are left out, so that their first use is seen.
  private mutating func mapAround(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ file: FileID
  ) -> Bool {
    let count = configuration.faultAroundBytes >> 12
    guard count > 1 else { return false }
    let tableStart = page & ~511
    let first = max(page - (page - tableStart) % count, area.start, tableStart)
    let fileEnd = area.start + files[file].pageCount - area.offset
    let end = min(first + count, tableStart + 512, area.end, fileEnd)
    guard first < end else { return false }
    var mapped = 0
    let cached = files[file].pages.pages(
      in: area.backingIndex(first)..<area.backingIndex(end - 1) + 1)
    for (index, frame) in cached {
      let neighbour = area.start + index - area.offset
      let slot = EntrySlot(table: place.table, slot: neighbour & 511)
      guard !memory.frames.has(.readahead, frame), contents.entry(slot.table, slot.slot).isNone
      else {
        continue
      }
      memory.frames.addReferences(1, to: frame)
      mapFilePage(space, area, neighbour, slot, frame, isWrite: false)
      mapped += 1
    }
    if mapped > 0 { files[file].readAhead.misses = max(0, files[file].readAhead.misses - mapped) }
    return !contents.entry(place.table, place.slot).isNone
  }
}
