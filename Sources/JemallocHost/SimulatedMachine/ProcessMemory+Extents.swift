internal import VirtualMemory

/// The system calls that jemalloc's own hooks make on Linux (its pages_map, pages_unmap and
/// pages_purge_forced).
extension ProcessMemory {
  /// Maps an extent of jemalloc's; `address` is 0 where any place will do.
  mutating func mapExtent(at address: Int, bytes: Int, alignment: Int) -> Int? {
    unsafe machine.pointee.counters.mapCalls += 1
    guard address == 0 else { return map(bytes, at: address) }
    guard let found = map(bytes) else { return nil }
    if found & (alignment - 1) == 0 { return found }
    // Again with room for any alignment, of which both ends are cut off.
    unmap(found, bytes: bytes)
    let room = bytes + alignment - 4096
    guard let start = map(room) else { return nil }
    let aligned = (start + alignment - 1) & ~(alignment - 1)
    if aligned > start { unmap(start, bytes: aligned - start) }
    let end = aligned + bytes
    if end < start + room { unmap(end, bytes: start + room - end) }
    return aligned
  }

  private mutating func map(_ bytes: Int, at address: Int) -> Int? {
    guard let task = start(),
      let found = try? unsafe machine.pointee.system.mmap(
        task, at: UInt64(address), length: UInt64(bytes), .readWrite,
        Self.flags.union(.fixedNoReplace))
    else { return nil }
    return Int(found)
  }

  /// Gives the address space and the frames of an extent back; false when the kernel refuses.
  mutating func unmapExtent(_ address: Int, bytes: Int) -> Bool {
    guard !isEnding else { return true }
    let before = residentPages
    guard unmap(address, bytes: bytes) else { return false }
    unsafe machine.pointee.counters.unmapCalls += 1
    unsafe machine.pointee.counters.purgedPages += UInt64(before - residentPages)
    return true
  }

  /// Takes the frames of an extent away: MADV_DONTNEED.
  mutating func purge(_ address: Int, bytes: Int) {
    guard !isEnding, let task else { return }
    let before = residentPages
    do {
      try unsafe machine.pointee.system.madvise(
        task, UInt64(address), length: UInt64(bytes), .dontNeed)
    } catch {
      fatalError("an extent cannot be purged: \(error)")
    }
    unsafe machine.pointee.counters.purges += 1
    unsafe machine.pointee.counters.purgedPages += UInt64(before - residentPages)
  }

  private var residentPages: Int {
    guard let task else { return 0 }
    return unsafe machine.pointee.system.residentPages(of: task).total
  }
}
