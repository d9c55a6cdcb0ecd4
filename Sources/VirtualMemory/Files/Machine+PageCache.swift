internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// What became of a request for a page of a file.
  enum CachedPage {
    case frame(FrameNumber)
    case unreadable
    case outOfMemory
  }

  /// The frame of a page of a file, read from its store if it is not cached.
  mutating func cachePage(_ file: FileID, _ index: Int) -> CachedPage {
    if let frame = files[file].pages[index] { return .frame(frame) }
    let store = files[file].store
    var bytes: [UInt8] = []
    if let store {
      do { bytes = try store.readPage(index) } catch { return .unreadable }
    }
    // Memory without a store is dirty from the first: it can only go to swap.
    let flags: FrameFlags = store == nil ? [.swapBacked, .dirty, .upToDate] : [.upToDate]
    let owner = FrameOwner(
      state: .fileCache, group: files[file].group, object: file.rawValue, index: UInt64(index))
    guard let frame = allocateUserFrame(owner, flags) else { return .outOfMemory }
    if store == nil {
      zero(frame)
    } else {
      contents.store(bytes[...], frame)
      counters.pgpgin &+= 4
      counters.pgmajfault &+= 1
      clock += configuration.costs.readPage
      note(.pageRead(file: file, index: index))
    }
    files[file].pages.insert(frame, at: index)
    return .frame(frame)
  }

  /// Adds one user of a file.
  mutating func retainFile(_ file: FileID) { files[file].users += 1 }

  /// Drops one user of a file; after the last one its dirty pages are written and its cache goes.
  mutating func dropFile(_ file: FileID) {
    files[file].users -= 1
    guard files[file].users == 0 else { return }
    _ = try? writeBack(file, 0..<files[file].pageCount)
    for (_, frame) in files[file].pages.pages(in: 0..<Int.max) { dropReference(frame) }
    files.remove(file)
  }

  /// Writes the dirty pages of a range to the file's store.
  mutating func writeBack(_ file: FileID, _ range: Range<Int>) throws(Errno) {
    guard let store = files[file].store else { return }
    for (index, frame) in files[file].pages.pages(in: range) {
      cleanEntries(of: frame)
      guard memory.frames.has(.dirty, frame) else { continue }
      var bytes: [UInt8] = []
      contents.append(frame, count: min(4096, files[file].size - index << 12), to: &bytes)
      try store.writePage(index, bytes)
      memory.frames.clear(.dirty, of: frame)
      counters.pgpgout &+= 4
      clock += configuration.costs.writePage
      note(.pageWritten(file: file, index: index))
    }
  }
}
