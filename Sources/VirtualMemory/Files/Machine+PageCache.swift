internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// What became of a request for a page of a file.
  enum CachedPage {
    /// Cached; `wasRead`: after reading it from the store.
    case frame(FrameNumber, wasRead: Bool)
    case unreadable(Errno)
    case outOfMemory
  }

  /// The frame of a page within a file, read from its store if it is not cached.
  mutating func cachePage(_ file: FileID, _ index: Int) -> CachedPage {
    if let frame = files[file].pages[index] { return .frame(frame, wasRead: false) }
    if let slot = files[file].swapped[index] { return swapInShared(file, index, slot) }
    var bytes: [UInt8] = []
    if let store = files[file].store, contents.keepsData {
      do { bytes = try store.readPage(index) } catch { return .unreadable(error) }
    }
    guard let frame = insertPage(file, index) else { return .outOfMemory }
    guard files[file].store != nil else {
      zero(frame)
      return .frame(frame, wasRead: false)
    }
    if contents.keepsData { contents.store(bytes[...], frame) }
    counters.pgpgin &+= 4
    note(.pageRead(file: file, index: index))
    return .frame(frame, wasRead: true)
  }

  /// A frame for a page of a file that is not cached, in the cache; its bytes are whatever they were.
  mutating func insertPage(_ file: FileID, _ index: Int) -> FrameNumber? {
    // Memory without a store is dirty from the first: it can only go to swap.
    let flags: FrameFlags =
      files[file].store == nil ? [.swapBacked, .dirty, .upToDate] : .upToDate
    let owner = FrameOwner(
      state: .fileCache, group: chargedGroup, object: file.rawValue, index: UInt64(index))
    guard let frame = allocateUserFrame(owner, flags) else { return nil }
    files[file].pages.insert(frame, at: index)
    if let age = files[file].evictions.take(index) { noteRefault(frame, evictedAt: age) }
    return frame
  }

  /// Takes a page out of the cache, dirty or not. Whoever maps or holds it keeps the frame.
  mutating func removeCachedPage(_ file: FileID, _ index: Int) {
    guard let frame = files[file].pages[index] else { return }
    setClean(file, index, frame)
    files[file].pages.remove(index)
    dropReference(frame)
  }

  /// For reclaim: takes a page of a file out of the cache and frees it, unless somebody maps or holds
  /// it or its store does not have its bytes; false then.
  mutating func dropCachePage(_ frame: FrameNumber) -> Bool {
    let owner = memory.frames.owner(of: frame)
    let file = FileID(rawValue: owner.object)
    guard owner.state == .fileCache, files.has(file), files[file].store != nil,
      memory.frames.mappings(of: frame) == 0, memory.frames.references(to: frame) == 1,
      !memory.frames.has(.dirty, frame)
    else { return false }
    removeCachedPage(file, Int(owner.index))
    return true
  }

  /// A page was used through a system call: the second time it becomes active.
  mutating func markAccessed(_ frame: FrameNumber) {
    let flags = memory.frames.flags(of: frame)
    if !flags.contains(.referenced) {
      memory.frames.set(.referenced, of: frame)
    } else if flags.isDisjoint(with: [.active, .unevictable]) {
      changeLRU(frame) { flags in
        flags.insert(.active)
        flags.remove(.referenced)
      }
      counters.pgactivate &+= 1
    }
  }

  // MARK: Lifetime

  /// Adds one user of a file.
  mutating func retainFile(_ file: FileID) { files[file].users += 1 }

  /// Drops one user of a file; after the last one its dirty pages are written and its cache goes. What
  /// cannot be written is lost then, with nobody left to tell.
  mutating func dropFile(_ file: FileID) {
    files[file].users -= 1
    guard files[file].users == 0 else { return }
    writeBack(file, 0..<files[file].pageCount)
    for (index, _) in files[file].pages.pages(in: 0..<Int.max) { removeCachedPage(file, index) }
    if let store = files[file].store {
      fileSystem.stores[ObjectIdentifier(store)] = nil
    }
    dropSwapped(file, 0..<Int.max)
    dropHugetlb(file)
    committedPages -= files[file].committedPages
    files.remove(file)
  }
}
