import LinuxHost

extension MachineRepetition {
  /// One read and write of 32 bytes and of an 8-byte word per page, in order, over arrays of the size
  /// that descriptors and leaf tables have: no simulator of pages can do with less. ns per page, the
  /// best of three passes.
  static func descriptorPass(_ pages: Int) -> Double {
    let descriptors = MappedArray<UInt64>(count: pages * 4)
    let entries = MappedArray<UInt64>(count: pages)
    var best = Double.infinity
    for _ in 0..<4 {
      let began = ThreadClock.now
      for page in 0..<pages {
        descriptors[page &* 4] &+= 1
        descriptors[page &* 4 &+ 2] &+= 1
        entries[page] &+= 1
      }
      // The first pass makes the host provide the memory.
      best = min(best, Double(ThreadClock.now - began) / Double(pages))
    }
    precondition(entries[pages - 1] == 4 && descriptors[2] == 4)
    return best
  }
}
