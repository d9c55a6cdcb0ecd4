package import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// One entry that maps a frame.
  package struct Mapping: Hashable {
    package let space: SpaceID
    package let page: Int
  }

  /// Every entry that maps a user frame, found from the frame alone: its owner names the object, the
  /// object's index the areas that may map it, and the entries there decide.
  package mutating func mappings(of frame: FrameNumber) -> [Mapping] {
    let owner = memory.frames.owner(of: frame)
    let places =
      switch owner.state {
      case .movable:
        anonymous.places(AnonymousID(rawValue: owner.object), Int(owner.index))
      case .fileCache where files.has(FileID(rawValue: owner.object)):
        files[FileID(rawValue: owner.object)].mappings.places(of: Int(owner.index))
      default: [(space: SpaceID, page: Int)]()
      }
    var found: [Mapping] = []
    for (space, page) in places {
      let entry = entry(space, page)
      if entry.mapsFrame, !entry.has(.special), entry.frame == frame {
        found.append(Mapping(space: space, page: page))
      }
    }
    return found
  }

  /// Makes every entry of a file's frame clean and read-only, so that the next write is noticed; what
  /// they knew of writes goes to the frame.
  mutating func cleanEntries(of frame: FrameNumber) {
    guard memory.frames.mappings(of: frame) > 0 else { return }
    for mapping in mappings(of: frame) {
      guard let table = leafTable(mapping.space, mapping.page) else { continue }
      let place = EntrySlot(table: table, slot: mapping.page & 511)
      var entry = contents.entry(table, place.slot)
      guard entry.isDirty || entry.isWritable else { continue }
      if entry.isDirty { memory.frames.set(.dirty, of: frame) }
      entry.clear([.dirty, .writable])
      contents.setEntry(entry, table, place.slot)
      flush(mapping.space, PageRange(start: mapping.page, count: 1))
    }
  }
}
