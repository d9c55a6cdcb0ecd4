internal import MemoryUnits
internal import PageFrames
internal import Translation

/// Pages that move to other frames together, so that one flush per address space serves them all
/// (Linux: migrate_pages_batch).
struct MoveBatch {
  struct Page {
    let source: FrameNumber
    let target: FrameNumber
    /// Above 0 for a folio, given by its head.
    let order: Order
    /// Its entries end here among all; they begin where those of the page before end.
    var placesEnd = 0
  }

  struct Place {
    let space: SpaceID
    let page: Int
    let slot: EntrySlot
    let entry: PageTableEntry
  }

  private(set) var pages: [Page] = []
  /// Frames of all pages.
  private(set) var frameCount = 0
  fileprivate(set) var places: [Place] = []
  /// Where one page may be mapped; kept for its storage.
  fileprivate var candidates: [(space: SpaceID, page: Int)] = []
  fileprivate var gathers: [FlushGather] = []

  var isEmpty: Bool { pages.isEmpty }

  /// - Parameters:
  ///   - order: that of the folio whose head `source` is; 0 for a frame by itself.
  ///   - target: allocated frames of nobody, as many and aligned.
  mutating func add(_ source: FrameNumber, to target: FrameNumber, _ order: Order = .base) {
    pages.append(Page(source: source, target: target, order: order))
    frameCount += order.frameCount
  }

  fileprivate mutating func endPlaces(of page: Int) { pages[page].placesEnd = places.count }

  fileprivate mutating func clear() {
    pages.removeAll(keepingCapacity: true)
    frameCount = 0
    places.removeAll(keepingCapacity: true)
    gathers.removeAll(keepingCapacity: true)
  }
}

extension Machine {
  /// Moves pages, which `refusal` allows, and frees their frames; the batch is empty then.
  ///
  /// The entries of all are taken away and every TLB forgets them before any byte is copied, so that no
  /// write is lost; then they come back with the new frames, their A and D bits as they were.
  /// - Parameter keepsSources: the old frames stay allocated, for the caller.
  mutating func move(_ batch: inout MoveBatch, keepsSources: Bool = false) {
    for index in batch.pages.indices { takeEntries(&batch, index) }
    for index in batch.gathers.indices { finish(&batch.gathers[index]) }
    var first = 0
    for page in batch.pages {
      settle(page, batch.places[first..<page.placesEnd])
      first = page.placesEnd
      if !keepsSources { free(page) }
    }
    counters.pgmigrateSuccess &+= UInt64(batch.frameCount)
    elapsed += costs.migratePage * UInt64(batch.frameCount)
    batch.clear()
  }

  private mutating func free(_ page: MoveBatch.Page) {
    guard page.order > .base else { return freeFrame(page.source) }
    counters.pgfree &+= UInt64(page.order.frameCount)
    note(.frameFreed(page.source))
    memory.free(page.source, page.order, core: currentCore)
  }

  /// Clears every entry of a page and remembers what it was.
  private mutating func takeEntries(_ batch: inout MoveBatch, _ index: Int) {
    guard batch.pages[index].order == .base else { return takeLeaves(&batch, index) }
    let frame = batch.pages[index].source
    let owner = memory.frames.owner(of: frame)
    batch.candidates.removeAll(keepingCapacity: true)
    if memory.frames.mappings(of: frame) > 0 {
      if owner.state == .movable {
        anonymous.appendPlaces(
          AnonymousID(rawValue: owner.object), Int(owner.index), to: &batch.candidates)
      } else {
        files[FileID(rawValue: owner.object)].mappings.appendPlaces(
          of: Int(owner.index), to: &batch.candidates)
      }
    }
    for (space, page) in batch.candidates {
      guard let table = leafTable(space, page) else { continue }
      let entry = contents.entry(table, page & 511)
      guard entry.mapsFrame, entry.frame == frame, !entry.has(.special) else { continue }
      let slot = EntrySlot(table: table, slot: page & 511)
      contents.setEntry(.none, slot.table, slot.slot)
      batch.places.append(MoveBatch.Place(space: space, page: page, slot: slot, entry: entry))
      Self.add(Mapping(space: space, page: page), to: &batch.gathers)
    }
    batch.endPlaces(of: index)
  }

  /// The same of a folio: large leaves, and those of its frames. Nothing is unmapped or uncounted, as the
  /// leaves come back.
  private mutating func takeLeaves(_ batch: inout MoveBatch, _ index: Int) {
    for mapping in folioMappings(of: batch.pages[index].source) {
      let slot: EntrySlot
      var last = mapping.page
      if mapping.part == nil {
        guard let large = hugeSlot(mapping.space, mapping.page) else { continue }
        slot = large
        last += Self.hugePages - 1
      } else {
        guard let table = leafTable(mapping.space, mapping.page) else { continue }
        slot = EntrySlot(table: table, slot: mapping.page & 511)
      }
      let entry = contents.entry(slot.table, slot.slot)
      contents.setEntry(.none, slot.table, slot.slot)
      batch.places.append(
        MoveBatch.Place(space: mapping.space, page: mapping.page, slot: slot, entry: entry))
      Self.add(Mapping(space: mapping.space, page: mapping.page), to: &batch.gathers)
      Self.add(Mapping(space: mapping.space, page: last), to: &batch.gathers)
    }
    batch.endPlaces(of: index)
  }

  /// Puts the page into its new frame: bytes, descriptor, list, cache and entries.
  private mutating func settle(_ page: MoveBatch.Page, _ places: ArraySlice<MoveBatch.Place>) {
    guard page.order == .base else { return settleFolio(page, places) }
    let (frame, target) = (page.source, page.target)
    copy(frame, to: target)
    let owner = memory.frames.owner(of: frame)
    let flags = memory.frames.flags(of: frame)
    memory.frames.transfer(frame, to: target)
    let kind = Self.list(for: flags)
    memory.frames.replace(frame, with: target, in: &groups[Int(owner.group)].lists[kind])
    if owner.state == .fileCache {
      files[FileID(rawValue: owner.object)].pages.replace(target, at: Int(owner.index))
    } else if flags.contains(.swapCache) {
      swap.replace(frame, with: target)
    }
    putBack(page, places)
  }

  private mutating func settleFolio(
    _ page: MoveBatch.Page, _ places: ArraySlice<MoveBatch.Place>
  ) {
    let (head, target) = (page.source, page.target)
    for part in 0..<page.order.frameCount {
      copy(head.advanced(by: part), to: target.advanced(by: part))
    }
    let group = Int(memory.frames.owner(of: head).group)
    let flags = memory.frames.flags(of: head)
    memory.frames.transferFolio(head, to: target)
    let kind = Self.list(for: flags)
    memory.frames.replace(head, with: target, in: &groups[group].lists[kind])
    if flags.contains(.partiallyMapped) {
      memory.frames.replace(
        head.advanced(by: 2), with: target.advanced(by: 2), in: &huge.deferred)
    }
    putBack(page, places)
    if page.order == .huge { counters.thpMigrationSuccess &+= 1 }
  }

  /// Writes the entries of a page again, for its new frames.
  private mutating func putBack(_ page: MoveBatch.Page, _ places: ArraySlice<MoveBatch.Place>) {
    for place in places {
      var entry = place.entry
      entry.frame = page.target.advanced(by: entry.frame.index - page.source.index)
      contents.setEntry(entry, place.slot.table, place.slot.slot)
      elapsed += costs.entry
      note(.entryWritten(page: place.page, entry))
    }
  }
}
