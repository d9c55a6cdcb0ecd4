internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// The physical address behind a task's address for the kernel, which copies from it (`read`) or to it
  /// (`write`), faulting it in as the task itself would.
  ///
  /// Errors: EFAULT where the task would get a signal; it gets none.
  mutating func userAddress(
    _ task: TaskID, _ address: UInt64, _ access: AccessKind
  ) throws(Errno) -> UInt64 {
    // It may have been killed for memory since the call began.
    guard tasks[task].state == .running else { throw .fault }
    fileSystem.isCopying = true
    defer { fileSystem.isCopying = false }
    do { return try touch(task, address, access) } catch { throw .fault }
  }

  /// No frame was left for the page cache: a task is killed for it. True when the caller lives and may
  /// try again.
  mutating func retriesAfterKill(_ task: TaskID) -> Bool {
    killForMemory() != nil && tasks[task].state == .running
  }

  /// copy_to_user for a few bytes.
  mutating func copyToUser(
    _ task: TaskID, _ address: UInt64, _ bytes: [UInt8]
  ) throws(Errno) {
    var done = 0
    while done < bytes.count {
      let place = address + UInt64(done)
      let part = min(bytes.count - done, 4096 - Int(place & 4095))
      let physical = try userAddress(task, place, .write)
      contents.store(
        bytes[done..<done + part], FrameNumber(Int(physical >> 12)), offset: Int(place & 4095))
      done += part
    }
  }

  /// copy_from_user.
  ///
  /// Errors: EFAULT.
  mutating func copyFromUser(
    _ task: TaskID, _ address: UInt64, _ count: Int
  ) throws(Errno) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let place = address + UInt64(bytes.count)
      let part = min(count - bytes.count, 4096 - Int(place & 4095))
      let physical = try userAddress(task, place, .read)
      contents.append(
        FrameNumber(Int(physical >> 12)), offset: Int(place & 4095), count: part, to: &bytes)
    }
    return bytes
  }

  /// Copies within a page between a frame of the page cache and another frame.
  mutating func copyBytes(
    from source: FrameNumber, _ sourceOffset: Int, to target: FrameNumber, _ targetOffset: Int,
    _ count: Int
  ) {
    elapsed += costs.copyPage * UInt64(count) / 4096
    guard contents.keepsData else { return }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    contents.append(source, offset: sourceOffset, count: count, to: &bytes)
    contents.store(bytes[...], target, offset: targetOffset)
  }
}
