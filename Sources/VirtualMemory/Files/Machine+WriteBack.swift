internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Notes that a cached page of a file differs from its store from now on.
  mutating func markDirty(_ frame: FrameNumber) {
    memory.frames.set(.dirty, of: frame)
    let owner = memory.frames.owner(of: frame)
    let file = FileID(rawValue: owner.object)
    guard owner.state == .fileCache, files.has(file), files[file].store != nil,
      files[file].pages[Int(owner.index)] == frame,
      files[file].pages.setDirty(true, at: Int(owner.index))
    else { return }
    fileSystem.dirtyPages += 1
    if files[file].pages.dirtyCount == 1 {
      files[file].dirtiedAt = stamp
      fileSystem.dirtyFiles.append(file)
    }
  }

  /// Notes that a cached page of a file is what its store has.
  mutating func setClean(_ file: FileID, _ index: Int, _ frame: FrameNumber) {
    guard files[file].store != nil, files[file].pages.setDirty(false, at: index) else { return }
    memory.frames.clear(.dirty, of: frame)
    fileSystem.dirtyPages -= 1
    if files[file].pages.dirtyCount == 0 {
      fileSystem.dirtyFiles.removeAll { $0 == file }
    }
  }

  /// For reclaim: writes one dirty page of a file to its store. False when that failed or the page has
  /// no store: it stays dirty, and the next fsync or msync tells of the error.
  mutating func writeBackPage(_ frame: FrameNumber) -> Bool {
    let owner = memory.frames.owner(of: frame)
    let file = FileID(rawValue: owner.object)
    guard owner.state == .fileCache, files.has(file), files[file].store != nil else { return false }
    return writeBack(file, Int(owner.index)..<Int(owner.index) + 1) == 0
  }

  /// Writes the dirty pages of a range to the file's store, at most `limit` of them, in ascending order.
  /// Their entries become read-only, so that the next write to them is noticed. Pages that cannot be
  /// written stay dirty, and the failure is remembered for fsync and msync.
  ///
  /// Returns how many could not be written.
  @discardableResult
  mutating func writeBack(_ file: FileID, _ range: Range<Int>, limit: Int = .max) -> Int {
    guard let store = files[file].store, files[file].pages.dirtyCount > 0 else { return 0 }
    var failed = 0
    for (index, frame) in files[file].pages.pages(in: range, onlyDirty: true).prefix(limit) {
      cleanEntries(of: frame)
      var bytes: [UInt8] = []
      if contents.keepsData {
        contents.append(frame, count: min(4096, files[file].size - index << 12), to: &bytes)
        do {
          try store.writePage(index, bytes)
        } catch {
          failed += 1
          files[file].failure = error
          files[file].failureCount += 1
          continue
        }
      }
      setClean(file, index, frame)
      counters.pgpgout &+= 4
      note(.pageWritten(file: file, index: index))
    }
    return failed
  }

  // MARK: fsync

  /// fsync: writes all dirty pages of a file.
  ///
  /// Errors: EBADF; the last failure to write a page back, once per opening, also one that came before
  /// this call (EIO, ENOSPC).
  public mutating func fsync(_ task: TaskID, _ descriptor: Int32) throws(Errno) {
    elapsed += costs.systemCall
    guard let entry = tasks[task].openFiles[descriptor] else { throw .badFile }
    let file = fileSystem.openings[entry.opening].file
    let dirty = files[file].pages.dirtyCount
    note(.systemCall("fsync", page: 0, count: dirty), task)
    writeWaiting(file, 0..<files[file].pageCount)
    let told = fileSystem.openings[entry.opening].reportedFailure
    fileSystem.openings[entry.opening].reportedFailure = files[file].failureCount
    if let failure = files[file].failure, files[file].failureCount > told { throw failure }
    try files[file].store?.sync()
  }

  /// What msync does for pages of a file that it finds mapped shared.
  ///
  /// Errors: the last failure to write a page back that msync has not told of.
  mutating func syncPages(_ file: FileID, _ range: Range<Int>) throws(Errno) {
    writeWaiting(file, range)
    let told = files[file].failureReportedByMsync
    files[file].failureReportedByMsync = files[file].failureCount
    if let failure = files[file].failure, files[file].failureCount > told { throw failure }
    try files[file].store?.sync()
  }

  /// sync: writes everything that is dirty, and tells of no failure.
  public mutating func sync() {
    for file in fileSystem.dirtyFiles { writeWaiting(file, 0..<files[file].pageCount) }
  }

  /// Writes while the caller waits.
  private mutating func writeWaiting(_ file: FileID, _ range: Range<Int>) {
    let before = counters.pgpgout
    writeBack(file, range)
    elapsed += (counters.pgpgout &- before) / 4 * costs.writePage
  }
}
