internal import MemoryUnits
internal import PageFrames
internal import Translation

/// Pages that move to other frames together, so that one flush per address space serves them all
/// (Linux: migrate_pages_batch).
struct MoveBatch {
  struct Page {
    let source: FrameNumber
    let target: FrameNumber
    /// Its entries end here among all; they begin where those of the page before end.
    var placesEnd = 0
  }

  struct Place {
    let space: SpaceID
    let page: Int
    let table: FrameNumber
    let entry: PageTableEntry
  }

  private(set) var pages: [Page] = []
  fileprivate(set) var places: [Place] = []
  /// Where one page may be mapped; kept for its storage.
  fileprivate var candidates: [(space: SpaceID, page: Int)] = []
  fileprivate var gathers: [FlushGather] = []

  var isEmpty: Bool { pages.isEmpty }

  /// - Parameter target: an allocated frame of nobody.
  mutating func add(_ source: FrameNumber, to target: FrameNumber) {
    pages.append(Page(source: source, target: target))
  }

  fileprivate mutating func endPlaces(of page: Int) { pages[page].placesEnd = places.count }

  fileprivate mutating func clear() {
    pages.removeAll(keepingCapacity: true)
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
      if !keepsSources { freeFrame(page.source) }
    }
    counters.pgmigrateSuccess &+= UInt64(batch.pages.count)
    elapsed += costs.migratePage * UInt64(batch.pages.count)
    batch.clear()
  }

  /// Clears every entry of a page and remembers what it was.
  private mutating func takeEntries(_ batch: inout MoveBatch, _ index: Int) {
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
      contents.setEntry(.none, table, page & 511)
      batch.places.append(MoveBatch.Place(space: space, page: page, table: table, entry: entry))
      Self.add(Mapping(space: space, page: page), to: &batch.gathers)
    }
    batch.endPlaces(of: index)
  }

  /// Puts the page into its new frame: bytes, descriptor, list, cache and entries.
  private mutating func settle(_ page: MoveBatch.Page, _ places: ArraySlice<MoveBatch.Place>) {
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
    for place in places {
      var entry = place.entry
      entry.frame = target
      contents.setEntry(entry, place.table, place.page & 511)
      elapsed += costs.entry
      note(.entryWritten(page: place.page, entry))
    }
  }
}
