internal import Glibc
internal import LinuxHost

/// What this host's kernel takes for the same: a mapping of 4 KiB pages, each touched once, then
/// unmapped. The mapping is touched and unmapped once before, so that memory that a hypervisor has yet
/// to provide is not timed.
struct HostPages {
  /// Pages of the mapping.
  let count: Int

  init(count: Int) { self.count = count }

  /// ns per page; nil where there is no memory for it.
  func measure() -> (fault: Double, unmap: Double)? {
    _ = once()
    return once()
  }

  private func once() -> (fault: Double, unmap: Double)? {
    // SAFETY: a new mapping, written within its bounds, unmapped once.
    let memory = unsafe mmap(
      nil, count << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard UInt(bitPattern: memory) != .max, let start = unsafe memory else { return nil }
    _ = unsafe madvise(start, count << 12, MADV_NOHUGEPAGE)
    let began = ThreadClock.now
    for page in 0..<count {
      unsafe start.storeBytes(of: 1, toByteOffset: page << 12, as: UInt8.self)
    }
    let touched = ThreadClock.now
    _ = unsafe munmap(start, count << 12)
    let ended = ThreadClock.now
    return (Double(touched - began) / Double(count), Double(ended - touched) / Double(count))
  }
}
