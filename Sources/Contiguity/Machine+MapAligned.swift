internal import VirtualMemory

extension Machine {
  /// Maps anonymous memory that begins at 2 MiB, with an advice.
  mutating func mapAligned(
    _ task: TaskID, pages: Int, _ advice: Advice
  ) throws(Errno) -> UInt64 {
    let length = UInt64(pages) << 12
    let block: UInt64 = 2 << 20
    let place = try mmap(
      task, length: length + block, [.read, .write], [.private, .anonymous])
    let start = (place + block - 1) & ~(block - 1)
    try madvise(task, start, length: length, advice)
    return start
  }
}
