internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// A page of a file for read(2), with what reading ahead brings along.
  mutating func cachePage(
    _ file: FileID, _ index: Int, request: Int, _ state: inout ReadAhead
  ) -> CachedPage {
    if let frame = files[file].pages[index] {
      continueReadAhead(file, index, frame, request: request, &state)
    } else if files[file].store != nil {
      let before = files[file].pages.run(before: index, limit: state.maximum)
      read(file, state.window(missing: index, request: request, before: before), wanted: index)
    }
    state.previous = index
    return cachePageAndWait(file, index)
  }

  /// A page of a file for a fault in `area`; `isMajor` when its bytes had to be read.
  mutating func cachePageForFault(
    _ area: Area, _ file: FileID, _ index: Int
  ) -> (page: CachedPage, isMajor: Bool) {
    var state = files[file].readAhead
    state.advice =
      area.flags.contains(.random)
      ? .random : area.flags.contains(.sequential) ? .sequential : .normal
    let frame = files[file].pages[index]
    let isMajor = frame == nil && files[file].store != nil
    if let frame {
      state.misses = max(0, state.misses - 1)
      continueReadAhead(file, index, frame, request: state.maximum, &state)
    } else if isMajor {
      if state.advice == .sequential {
        let before = files[file].pages.run(before: index, limit: state.maximum)
        let window = state.window(missing: index, request: ReadAhead.basePages, before: before)
        read(file, window, wanted: index)
      } else if state.advice == .normal, let window = state.window(around: index) {
        read(file, window, wanted: index)
      }
    }
    state.previous = index
    files[file].readAhead = state
    return (cachePageAndWait(file, index), isMajor)
  }

  /// POSIX_FADV_WILLNEED and MADV_WILLNEED: starts reading all pages of a range.
  mutating func readAhead(_ file: FileID, _ range: Range<Int>) {
    read(
      file, ReadAhead.Window(start: range.lowerBound, count: range.count, markerSize: 0), wanted: -1
    )
  }

  /// Reads a page that reading ahead did not bring, while the caller waits.
  private mutating func cachePageAndWait(_ file: FileID, _ index: Int) -> CachedPage {
    let page = cachePage(file, index)
    if case .frame(_, wasRead: true) = page { elapsed += costs.readPage }
    return page
  }

  /// The first use of a marker page starts the next window.
  private mutating func continueReadAhead(
    _ file: FileID, _ index: Int, _ frame: FrameNumber, request: Int, _ state: inout ReadAhead
  ) {
    guard memory.frames.has(.readahead, frame) else { return }
    memory.frames.clear(.readahead, of: frame)
    let missing = files[file].pages.firstMissing(from: index + 1, limit: state.maximum)
    // The page must outlast what is read ahead of it.
    memory.frames.addReferences(1, to: frame)
    if let window = state.window(marker: index, request: request, firstMissing: missing) {
      read(file, window, wanted: -1)
    }
    dropReference(frame)
  }

  /// Reads the pages of a window that the file has and the cache has not, up to the first that cannot
  /// be read. One request for all of them: the caller waits for it if it wants one of the pages, and
  /// else it goes on in the background.
  private mutating func read(_ file: FileID, _ window: ReadAhead.Window, wanted: Int) {
    let end = min(window.start + window.count, files[file].pageCount)
    let marker = window.markerSize > 0 ? window.start + window.count - window.markerSize : -1
    var pages: UInt64 = 0
    var hasWanted = false
    for index in window.start..<max(end, window.start) where files[file].pages[index] == nil {
      guard case .frame(let frame, wasRead: true) = cachePage(file, index) else { break }
      pages += 1
      if index == wanted { hasWanted = true } else { counters.readahead &+= 1 }
      if index == marker { memory.frames.set(.readahead, of: frame) }
    }
    if hasWanted {
      elapsed += costs.readPage + (pages - 1) * costs.readNextPage
    }
  }
}
