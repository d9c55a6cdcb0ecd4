internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// write: copies from the task's memory to the page cache, where the pages become dirty, and moves the
  /// offset; fewer bytes where the memory or the file fails on the way.
  ///
  /// Errors: EBADF, EINVAL, EFAULT (nothing could be read), EFBIG, ENOMEM, and what the store says to
  /// reading a page that is written in part.
  public mutating func write(
    _ task: TaskID, _ descriptor: Int32, _ address: UInt64, count: Int
  ) throws(Errno) -> Int {
    guard let opening = tasks[task].openFiles[descriptor]?.opening else { throw .badFile }
    let known = fileSystem.openings[opening]
    let start = known.appends ? files[known.file].size : known.offset
    let done = try write(task, known, address, count, at: start)
    if fileSystem.openings.has(opening) { fileSystem.openings[opening].offset = start + done }
    return done
  }

  /// pwrite: as write, at `offset`; the opening's own offset stays. With O_APPEND it writes to the end
  /// all the same, as Linux does.
  public mutating func pwrite(
    _ task: TaskID, _ descriptor: Int32, _ address: UInt64, count: Int, offset: Int
  ) throws(Errno) -> Int {
    guard offset >= 0 else { throw .invalid }
    guard let opening = openFile(task, descriptor) else { throw .badFile }
    let start = opening.appends ? files[opening.file].size : offset
    return try write(task, opening, address, count, at: start)
  }

  private mutating func write(
    _ task: TaskID, _ opening: OpenFile, _ address: UInt64, _ count: Int, at start: Int
  ) throws(Errno) -> Int {
    elapsed += costs.systemCall
    guard opening.mayWrite else { throw .badFile }
    guard count >= 0 else { throw .invalid }
    guard isUserRange(address, count) else { throw .fault }
    guard count > 0 else { return 0 }
    guard start < Self.longestFile else { throw .fileTooLarge }
    let file = opening.file
    chargedGroup = spaces[try space(of: task)].group
    let end = min(start + min(count, Self.longestCopy), Self.longestFile)
    retainFile(file)
    defer { dropFile(file) }
    var place = start
    var failure: Errno?
    while place < end, failure == nil {
      runFlusher()
      let part = min(end, (place >> 12 + 1) << 12) - place
      do {
        place += try writePart(task, address + UInt64(place - start), file, place, part)
      } catch {
        if error != .noMemory || !retriesAfterKill(task) { failure = error }
      }
    }
    counters.bytesCopiedByWrite &+= UInt64(place - start)
    note(.systemCall("write", page: start >> 12, count: (place - start + 4095) >> 12), task)
    if let failure, place == start { throw failure }
    return place - start
  }

  /// Writes bytes of one page of the file; returns how many there were to be had.
  private mutating func writePart(
    _ task: TaskID, _ address: UInt64, _ file: FileID, _ place: Int, _ count: Int
  ) throws(Errno) -> Int {
    // Before the page is made, so that a bad address makes none.
    _ = try userAddress(task, address, .read)
    let replaces = count == 4096 && address & 4095 == 0
    let wasCached = files[file].pages[place >> 12] != nil
    let frame = try pageToWrite(file, place, count, replaces: replaces)
    memory.frames.addReferences(1, to: frame)
    defer { dropReference(frame) }
    var done = 0
    while done < count {
      let source = address + UInt64(done)
      let part = min(count - done, 4096 - Int(source & 4095))
      guard let physical = try? userAddress(task, source, .read) else { break }
      copyBytes(
        from: FrameNumber(Int(physical >> 12)), Int(source & 4095), to: frame,
        place & 4095 + done, part)
      done += part
    }
    guard done > 0 else {
      // Without the bytes that were to come, a page that was not read is none.
      let isEmpty = replaces || place >> 12 >= files[file].pageCount
      if isEmpty, !wasCached, !memory.frames.has(.dirty, frame) {
        removeCachedPage(file, place >> 12)
      }
      throw .fault
    }
    let end = place + done
    if end > files[file].size { files[file].size = end }
    markDirty(frame)
    markAccessed(frame)
    return done
  }

  /// The cached page into which bytes go: read first where some of its bytes stay.
  /// - Parameter replaces: all bytes of the page will be written, or none.
  private mutating func pageToWrite(
    _ file: FileID, _ place: Int, _ count: Int, replaces: Bool
  ) throws(Errno) -> FrameNumber {
    let index = place >> 12
    let size = files[file].size
    // What a mapping wrote behind the end does not come into the file.
    if place + count > size { zeroTail(file, size) }
    if let frame = files[file].pages[index] { return frame }
    if replaces || index << 12 >= size {
      guard let frame = insertPage(file, index) else { throw .noMemory }
      if !replaces { zero(frame) }
      return frame
    }
    switch cachePage(file, index) {
    case .frame(let frame, let wasRead):
      if wasRead { elapsed += costs.readPage }
      return frame
    case .unreadable(let error): throw error
    case .outOfMemory: throw .noMemory
    }
  }
}
