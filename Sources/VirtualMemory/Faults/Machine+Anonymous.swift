internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// A page of anonymous memory for the first time: the shared page of zeros for a read, a frame of its
  /// own for a write.
  mutating func faultAnonymous(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ access: AccessKind
  ) -> PageOutcome {
    guard access == .write || !sharesZeroPage else {
      var bits: EntryBits = [.present, .user, .special, .accessed]
      if !area.flags.contains(.execute) { bits.insert(.executeDisable) }
      write(PageTableEntry(zeroFrame, bits), page, place)
      counters.zeroPageMapped &+= 1
      return .done
    }
    guard let frame = makeAnonymousFrame(space, area, page) else { return .outOfMemory }
    zero(frame)
    mapAnonymous(space, area, page, place, frame, isWritten: access == .write)
    return .done
  }

  /// A frame for an anonymous page, on its LRU list, with one reference and no mapping; its bytes are
  /// whatever they were.
  mutating func makeAnonymousFrame(_ space: SpaceID, _ area: Area, _ page: Int) -> FrameNumber? {
    let object = anonymousObject(space, area)
    let owner = FrameOwner(
      state: .movable, group: spaces[space].group, object: object.rawValue,
      index: UInt64(area.backingIndex(page)))
    return allocateUserFrame(owner, [.swapBacked, .upToDate])
  }

  /// Enters a private frame that only this address space has, writable where the area is.
  mutating func mapAnonymous(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ frame: FrameNumber,
    isWritten: Bool = true
  ) {
    memory.frames.set(.anonExclusive, of: frame)
    memory.frames.addMappings(1, to: frame)
    var entry = PageTableEntry(
      frame, bits(of: area, page, frame: frame, isSpecial: false).union(.accessed))
    if entry.isWritable, isWritten { entry.set(.dirty) }
    write(entry, page, place)
    spaces[space].resident.anonymous += 1
  }

  /// The anonymous object of an area, made now if it has none: a neighbour's where the two could be one
  /// area apart from their rights, so that they can merge later.
  mutating func anonymousObject(_ space: SpaceID, _ area: Area) -> AnonymousID {
    if let object = area.anonymous { return object }
    let object = neighboursObject(space, area) ?? anonymous.make(below: nil)
    var known = area
    known.anonymous = object
    replaceArea(area, with: [known], space)
    return object
  }

  private func neighboursObject(_ space: SpaceID, _ area: Area) -> AnonymousID? {
    let areas = spaces[space].areas
    if let next = areas.area(containing: area.end), next.start == area.end,
      let object = shareable(area, next, next)
    {
      return object
    }
    if let previous = areas.area(containing: area.start - 1) {
      return shareable(previous, area, previous)
    }
    return nil
  }

  /// The object of `owner`, one of two areas of which `upper` begins where `lower` ends.
  private func shareable(_ lower: Area, _ upper: Area, _ owner: Area) -> AnonymousID? {
    guard let object = owner.anonymous, !anonymous.hasParent(object), lower.file == upper.file,
      lower.flags.symmetricDifference(upper.flags).isSubset(of: .accessMask),
      upper.offset == lower.offset + lower.count
    else { return nil }
    return object
  }

  /// Writes an entry and notes it.
  mutating func write(_ entry: PageTableEntry, _ page: Int, _ place: EntrySlot) {
    setEntry(entry, at: place)
    elapsed += costs.entry
    note(.entryWritten(page: page, entry))
  }

  /// Fills a frame with zeros.
  mutating func zero(_ frame: FrameNumber) {
    contents.zero(frame)
    counters.pagesZeroed &+= 1
    elapsed += costs.zeroPage
    note(.frameZeroed(frame))
  }

  /// Copies a frame.
  mutating func copy(_ source: FrameNumber, to target: FrameNumber) {
    contents.copy(source, to: target)
    counters.pagesCopied &+= 1
    elapsed += costs.copyPage
    note(.frameCopied(from: source, to: target))
  }
}
