public import MemoryUnits
public import PageFrames

extension HeapSpace {
  /// Gives a mapping a new length (mremap with MREMAP_MAYMOVE): cut at its end, grown in place where
  /// the pages behind it are free, else moved with its frames to the highest place that is large
  /// enough. Returns the first page of the mapping from here on.
  ///
  /// - Returns: nil, and nothing changed, when there is no address space or no frame for page tables.
  @inlinable
  public mutating func resize<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ range: PageRange, to count: Int, core: Int = 0,
    memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Int? {
    if count <= range.count {
      unmap(
        PageRange(start: range.start + count, count: range.count - count), core: core,
        memory: &memory)
      return range.start
    }
    if map(at: PageRange(start: range.end, count: count - range.count)) { return range.start }
    guard let start = map(count: count) else { return nil }
    guard move(range, to: start, core, &memory) else {
      unmap(PageRange(start: start, count: count), core: core, memory: &memory)
      return nil
    }
    unmap(range, core: core, memory: &memory)
    return start
  }

  /// Moves the frames of `range` to the equally many pages from `target` on, which have none. False,
  /// and nothing moved, when a page table cannot be had.
  @inlinable
  mutating func move<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ range: PageRange, to target: Int, _ core: Int,
    _ memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Bool {
    // All tables first, so that nothing has moved when one of them cannot be had.
    for page in range.start..<range.end where tables.frame(of: page) != nil {
      let block = (target + page - range.start) >> 9
      if tables.leaf(block) < 0,
        tables.makeLeaf(block, owner: owner, core: core, memory: &memory) < 0
      {
        pruneEmpty(PageRange(start: target, count: range.count), core, &memory)
        return false
      }
    }
    for page in range.start..<range.end {
      guard let frame = tables.frame(of: page) else { continue }
      relink(frame, from: page, to: target + page - range.start, &memory)
    }
    pruneEmpty(range, core, &memory)
    return true
  }

  /// Moves one entry; both leaves exist and the target entry is not present.
  @inlinable
  mutating func relink<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ frame: FrameNumber, from source: Int, to target: Int,
    _ memory: inout PhysicalMemory<Allocator, Observer>
  ) {
    let sourceLeaf = tables.leaf(source >> 9)
    tables.entries[sourceLeaf << 9 + source & 511] = 0
    tables.populations[sourceLeaf] -= 1
    let targetLeaf = tables.leaf(target >> 9)
    tables.entries[targetLeaf << 9 + target & 511] = frame.rawValue + 1
    tables.populations[targetLeaf] += 1
    memory.frames.setOwner(
      FrameOwner(
        state: .movable, group: owner.group, object: owner.object,
        index: UInt64(target - bounds.start)),
      of: frame)
    memory.frames.setMappings(1, of: frame)
  }

  /// Gives back the tables below which nothing is left, among those that lead to `range`.
  @inlinable
  mutating func pruneEmpty<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ range: PageRange, _ core: Int, _ memory: inout PhysicalMemory<Allocator, Observer>
  ) {
    for block in range.start >> 9...(range.end - 1) >> 9 {
      tables.prune(block, core: core, memory: &memory)
    }
  }
}
