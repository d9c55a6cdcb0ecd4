internal import MemoryUnits
internal import PageFrames
internal import Translation

/// Names one word of a page table.
struct EntrySlot {
  var table: FrameNumber
  var slot: Int
}

extension Machine {
  static func slot(_ page: Int, _ level: Int) -> Int { page &>> (9 &* level) & 511 }

  /// Entries that lead to a table carry all rights; leaves decide.
  static var tableBits: EntryBits { [.present, .writable, .user, .accessed] }

  /// The leaf table that maps `page`, if there is one.
  mutating func leafTable(_ space: SpaceID, _ page: Int) -> FrameNumber? {
    let block = page &>> 9
    if spaces[space].leafBlock == block { return spaces[space].leafTable }
    var table = spaces[space].root
    var level = rootLevel
    while level > 0 {
      let entry = contents.entry(table, Self.slot(page, level))
      guard entry.isPresent, !entry.has(.pageSize) else { return nil }
      table = entry.frame
      level &-= 1
    }
    spaces[space].leafBlock = block
    spaces[space].leafTable = table
    return table
  }

  /// The leaf table that maps `page`, made with all tables above that are missing; nil, and the tables
  /// as they were, when there is no frame for one.
  mutating func makeLeafTable(_ space: SpaceID, _ page: Int) -> FrameNumber? {
    if let table = leafTable(space, page) { return table }
    guard let table = makeTable(space, page, at: 0) else { return nil }
    spaces[space].leafBlock = page &>> 9
    spaces[space].leafTable = table
    return table
  }

  /// The table of a level on the way to `page`, made with all tables above that are missing; nil, and
  /// the tables as they were, when there is no frame for one. No larger leaf may be in the way.
  mutating func makeTable(_ space: SpaceID, _ page: Int, at target: Int) -> FrameNumber? {
    var table = spaces[space].root
    var level = rootLevel
    while level > target {
      let slot = Self.slot(page, level)
      let entry = contents.entry(table, slot)
      if !entry.isNone {
        if entry.has(.pageSize) { fatalError("machine: a table in the place of a leaf: \(page)") }
        table = entry.frame
      } else {
        guard let made = makeTable(space) else {
          pruneTables(space, page)
          return nil
        }
        contents.setEntry(PageTableEntry(made, Self.tableBits), table, slot)
        memory.frames.addMappings(1, to: table)
        table = made
      }
      level &-= 1
    }
    return table
  }

  /// A frame for a table, empty. The count of mappings in its descriptor is that of its entries.
  mutating func makeTable(_ space: SpaceID) -> FrameNumber? {
    let owner = FrameOwner(
      state: .pageTable, group: spaces[space].group, object: space.rawValue)
    guard let frame = allocateFrame(owner, .unmovable) else { return nil }
    contents.prepareTable(frame)
    spaces[space].tablePages += 1
    return frame
  }

  /// Writes a leaf entry and keeps the count of entries of its table.
  mutating func setEntry(_ entry: PageTableEntry, at place: EntrySlot) {
    let old = contents.entry(place.table, place.slot)
    contents.setEntry(entry, place.table, place.slot)
    if old.isNone != entry.isNone {
      memory.frames.addMappings(old.isNone ? 1 : -1, to: place.table)
    }
  }

  /// The leaf entry of a page; none where there is no table. Of a large leaf it is the one that would
  /// map the page's own frame.
  mutating func entry(_ space: SpaceID, _ page: Int) -> PageTableEntry {
    guard let table = leafTable(space, page) else { return partOfHuge(space, page) }
    return contents.entry(table, page & 511)
  }

  /// Gives back the empty tables on the way from the root to `page`, except the root.
  mutating func pruneTables(_ space: SpaceID, _ page: Int) {
    var gather = FlushGather(space)
    pruneTables(page, &gather)
    finish(&gather)
  }

  /// Detaches the empty tables on the way from the root to `page`, except the root; their frames go
  /// when the gather is finished.
  mutating func pruneTables(_ page: Int, _ gather: inout FlushGather) {
    let space = gather.space
    while true {
      var table = spaces[space].root
      var parent: EntrySlot?
      var level = rootLevel
      while level > 0 {
        let entry = contents.entry(table, Self.slot(page, level))
        guard entry.isPresent, !entry.has(.pageSize) else { break }
        parent = EntrySlot(table: table, slot: Self.slot(page, level))
        table = entry.frame
        level -= 1
      }
      guard let parent, memory.frames.mappings(of: table) == 0 else { return }
      if spaces[space].leafTable == table { spaces[space].leafBlock = -1 }
      contents.setEntry(.none, parent.table, parent.slot)
      memory.frames.addMappings(-1, to: parent.table)
      spaces[space].tablePages -= 1
      gather.tables.append(table)
    }
  }

  /// The first page at or behind `page` that may have a leaf table, or has a larger leaf: skips what
  /// missing upper tables cover. A page at or behind `end` when there is none before.
  func nextMappedPage(_ space: SpaceID, _ page: Int, before end: Int) -> Int {
    var page = page
    search: while page < end {
      var table = spaces[space].root
      var level = rootLevel
      while level > 0 {
        let entry = contents.entry(table, Self.slot(page, level))
        guard !entry.isNone else {
          page = (page >> (9 * level) + 1) << (9 * level)
          continue search
        }
        if entry.has(.pageSize) { return page }
        table = entry.frame
        level -= 1
      }
      return page
    }
    return page
  }
}
