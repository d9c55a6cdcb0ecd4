internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// mmapcopy: copies a file to `output` through one private read-only mapping of its whole size, as a
  /// program does that maps it and hands the mapping to write(2). `output` gets the bytes in order, at
  /// most `chunk` at a time. Returns how many they were.
  ///
  /// Errors: EBADF, EACCES, ENOMEM, EFAULT (a page could not be read), and what `output` throws.
  @discardableResult
  public mutating func mmapcopy(
    _ task: TaskID, _ descriptor: Int32, chunk: Int = 1 << 18,
    to output: ([UInt8]) throws(Errno) -> Void
  ) throws(Errno) -> Int {
    let size = try fstat(task, descriptor).size
    guard size > 0 else { return 0 }
    let address = try mmap(
      task, length: UInt64(size), .read, .private, descriptor: descriptor)
    var done = 0
    do {
      while done < size {
        let bytes = try copyFromUser(task, address + UInt64(done), min(chunk, size - done))
        try output(bytes)
        counters.bytesCopiedByWrite &+= UInt64(bytes.count)
        done += bytes.count
      }
    } catch {
      try? munmap(task, address, length: UInt64(size))
      throw error
    }
    try munmap(task, address, length: UInt64(size))
    return done
  }
}
