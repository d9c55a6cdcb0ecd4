internal import VirtualMemory

/// How many live objects reach into each aligned 2 MiB block of an address space.
struct LiveBlocks {
  private let firstBlock: Int
  private var objects: ContiguousArray<UInt32>
  /// Blocks with at least one byte of live data.
  private(set) var count = 0

  init(bounds: PageRange) {
    firstBlock = bounds.start >> 9
    objects = ContiguousArray(repeating: 0, count: (bounds.end + 511) >> 9 - firstBlock)
  }

  mutating func add(_ address: Int, bytes: Int) {
    guard bytes > 0 else { return }
    for block in address >> 21...(address + bytes - 1) >> 21 {
      if objects[block - firstBlock] == 0 { count += 1 }
      objects[block - firstBlock] += 1
    }
  }

  mutating func remove(_ address: Int, bytes: Int) {
    guard bytes > 0 else { return }
    for block in address >> 21...(address + bytes - 1) >> 21 {
      objects[block - firstBlock] -= 1
      if objects[block - firstBlock] == 0 { count -= 1 }
    }
  }
}
