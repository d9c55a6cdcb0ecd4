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
    guard index < files[file].pageCount else {
      // As in Linux, a private area is prepared for its first page before the file is asked.
      if access == .write, !area.isShared { _ = anonymousObject(space, area) }
      return .beyondFile
    }
    let cached: FrameNumber
    switch cachePage(file, index) {
    case .frame(let frame): cached = frame
    case .unreadable: return .beyondFile
    case .outOfMemory: return .outOfMemory
    }
    // Held while a copy is made, which may have to reclaim.
    memory.frames.addReferences(1, to: cached)
    if access == .write, !area.isShared {
      defer { dropReference(cached) }
      guard let frame = makeAnonymousFrame(space, area, page) else { return .outOfMemory }
      copy(cached, to: frame)
      let area = spaces[space].areas.area(containing: page) ?? area
      mapAnonymous(space, area, page, place, frame)
      return .done
    }
    if access == .write { memory.frames.set(.dirty, of: cached) }
    memory.frames.addMappings(1, to: cached)
    var entry = PageTableEntry(
      cached, bits(of: area, page, frame: cached, isSpecial: false).union(.accessed))
    if access == .write { entry.set([.writable, .dirty]) }
    write(entry, page, place)
    spaces[space].resident.file += 1
    return .done
  }
}
