internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// No call reads or writes more, in bytes (MAX_RW_COUNT).
  static var longestCopy: Int { 0x7fff_f000 }

  /// read: copies from the page cache to the task's memory and moves the offset; 0 at the end of the
  /// file, fewer bytes before it or where the memory or the file fails on the way.
  ///
  /// Errors: EBADF, EINVAL, EFAULT (nothing could be stored), ENOMEM, and what the store says.
  public mutating func read(
    _ task: TaskID, _ descriptor: Int32, _ address: UInt64, count: Int
  ) throws(Errno) -> Int {
    guard let opening = tasks[task].openFiles[descriptor]?.opening else { throw .badFile }
    let done = try read(task, opening, address, count, at: fileSystem.openings[opening].offset)
    if fileSystem.openings.has(opening) { fileSystem.openings[opening].offset += done }
    return done
  }

  /// pread: as read, from `offset`; the opening's own offset stays.
  public mutating func pread(
    _ task: TaskID, _ descriptor: Int32, _ address: UInt64, count: Int, offset: Int
  ) throws(Errno) -> Int {
    guard offset >= 0 else { throw .invalid }
    guard let opening = tasks[task].openFiles[descriptor]?.opening else { throw .badFile }
    return try read(task, opening, address, count, at: offset)
  }

  private mutating func read(
    _ task: TaskID, _ opening: OpenFileID, _ address: UInt64, _ count: Int, at start: Int
  ) throws(Errno) -> Int {
    elapsed += costs.systemCall
    guard fileSystem.openings[opening].mayRead else { throw .badFile }
    guard count >= 0 else { throw .invalid }
    guard isUserRange(address, count) else { throw .fault }
    let file = fileSystem.openings[opening].file
    chargedGroup = spaces[try space(of: task)].group
    // Behind the end there is nothing, however far.
    let end =
      start < files[file].size
      ? min(start + min(count, Self.longestCopy), files[file].size) : start
    var state = fileSystem.openings[opening].readAhead
    retainFile(file)
    defer { dropFile(file) }
    var place = start
    var failure: Errno?
    while place < end, failure == nil {
      let index = place >> 12
      let request = (end + 4095) >> 12 - index
      switch cachePage(file, index, request: request, &state) {
      case .frame(let frame, _):
        let target = address + UInt64(place - start)
        let part = min(end, (index + 1) << 12) - place
        memory.frames.addReferences(1, to: frame)
        let copied = copyToUser(task, target, frame, place & 4095, part)
        if copied < part { failure = .fault }
        place += copied
        markAccessed(frame)
        dropReference(frame)
      case .unreadable(let error): failure = error
      case .outOfMemory: if !retriesAfterKill(task) { failure = .noMemory }
      }
    }
    if fileSystem.openings.has(opening) { fileSystem.openings[opening].readAhead = state }
    counters.bytesCopiedByRead &+= UInt64(place - min(start, place))
    note(.systemCall("read", page: start >> 12, count: (place - start + 4095) >> 12), task)
    if let failure, place == start { throw failure }
    return max(0, place - start)
  }

  /// Copies a part of a held frame to the task, up to the first page that cannot be had; returns how
  /// many bytes.
  private mutating func copyToUser(
    _ task: TaskID, _ address: UInt64, _ frame: FrameNumber, _ offset: Int, _ count: Int
  ) -> Int {
    var done = 0
    while done < count {
      let target = address + UInt64(done)
      let part = min(count - done, 4096 - Int(target & 4095))
      guard let physical = try? userAddress(task, target, .write) else { break }
      copyBytes(
        from: frame, offset + done, to: FrameNumber(Int(physical >> 12)), Int(target & 4095), part)
      done += part
    }
    return done
  }

  /// Whether a task may name these bytes at all.
  func isUserRange(_ address: UInt64, _ count: Int) -> Bool {
    let limit = UInt64(AddressSpace.userPages) << 12
    return address <= limit && UInt64(count) <= limit - address
  }

  /// lseek: moves the offset, also behind the end, and returns it.
  ///
  /// Errors: EBADF, EINVAL (before the start, or beyond the longest file).
  @discardableResult
  public mutating func lseek(
    _ task: TaskID, _ descriptor: Int32, _ offset: Int, _ origin: SeekOrigin = .start
  ) throws(Errno) -> Int {
    elapsed += costs.systemCall
    guard let opening = tasks[task].openFiles[descriptor]?.opening else { throw .badFile }
    let base =
      switch origin {
      case .start: 0
      case .current: fileSystem.openings[opening].offset
      case .end: files[fileSystem.openings[opening].file].size
      }
    let (place, overflows) = base.addingReportingOverflow(offset)
    guard !overflows, place >= 0, place <= Self.longestFile else { throw .invalid }
    fileSystem.openings[opening].offset = place
    return place
  }

  /// posix_fadvise: how an opening is read, what will be read soon, what will not be.
  ///
  /// Errors: EBADF, EINVAL (negative offset or length).
  public mutating func fadvise(
    _ task: TaskID, _ descriptor: Int32, offset: Int = 0, length: Int = 0, _ advice: FileAdvice
  ) throws(Errno) {
    elapsed += costs.systemCall
    guard let opening = tasks[task].openFiles[descriptor]?.opening else { throw .badFile }
    guard offset >= 0, length >= 0 else { throw .invalid }
    let file = fileSystem.openings[opening].file
    chargedGroup = spaces[try space(of: task)].group
    let all = files[file].pageCount
    // No length: to the end.
    let end = length == 0 ? all : min(all, (rangeEnd(offset, length) + 4095) >> 12)
    switch advice {
    case .normal, .random, .sequential: fileSystem.openings[opening].readAhead.advice = advice
    case .willNeed: if offset >> 12 < end { readAhead(file, offset >> 12..<end) }
    case .dontNeed:
      // Whole pages only; dirty and mapped ones stay, but the dirty ones are written.
      let first = (min(offset, Self.longestFile) + 4095) >> 12
      let last =
        length == 0 || rangeEnd(offset, length) >= files[file].size
        ? all : rangeEnd(offset, length) >> 12
      guard first < last else { return }
      writeBack(file, first..<last)
      for (_, frame) in files[file].pages.pages(in: first..<last) { _ = dropCachePage(frame) }
    case .noReuse: break
    }
  }

  /// Where a range of a file ends, no further than any file.
  private func rangeEnd(_ offset: Int, _ length: Int) -> Int {
    min(offset, Self.longestFile) + min(length, Self.longestFile)
  }
}
