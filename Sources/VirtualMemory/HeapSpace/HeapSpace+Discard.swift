public import MemoryUnits
public import PageFrames

extension HeapSpace {
  /// Takes the frames of these pages away and leaves them mapped: MADV_DONTNEED. Pages without a
  /// frame are no error. Returns the number of frames freed, page tables not counted.
  @discardableResult
  @inlinable
  public mutating func discard<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ range: PageRange, core: Int = 0, memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Int {
    let before = residentPages
    var page = range.start
    while page < range.end {
      let block = tables.nextPossibleBlock(page &>> 9)
      guard block < (range.end &+ 511) &>> 9 else { break }
      page = max(page, block &<< 9)
      let blockEnd = min((block &+ 1) &<< 9, range.end)
      empty(PageRange(start: page, count: blockEnd &- page), core, &memory)
      page = blockEnd
    }
    return before &- residentPages
  }

  /// Frees the frames of pages of one 2 MiB block that has a leaf.
  @inlinable
  mutating func empty<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ range: PageRange, _ core: Int, _ memory: inout PhysicalMemory<Allocator, Observer>
  ) {
    let leaf = tables.leaf(range.start &>> 9)
    guard leaf >= 0 else { return }
    let base = leaf &<< 9
    var freed = 0
    for page in range.start..<range.end {
      let entry = tables.entries[base &+ page & 511]
      guard entry != 0 else { continue }
      tables.entries[base &+ page & 511] = 0
      memory.free(FrameNumber(rawValue: entry &- 1), .base, core: core)
      freed &+= 1
    }
    residentCount &-= freed
    tables.populations[leaf] &-= UInt16(truncatingIfNeeded: freed)
    if tables.populations[leaf] == 0 {
      tables.prune(range.start &>> 9, core: core, memory: &memory)
    }
  }
}
