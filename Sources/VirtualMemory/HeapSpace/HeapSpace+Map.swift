public import PageFrames

extension HeapSpace {
  /// Maps exactly these pages; false, and nothing changed, when one of them is mapped already or lies
  /// outside `bounds` (MAP_FIXED_NOREPLACE).
  public mutating func map(at range: PageRange) -> Bool {
    guard range.start >= bounds.start, range.end <= bounds.end, !areas.overlaps(range) else {
      return false
    }
    areas.insert(range)
    return true
  }

  /// Maps `count` pages at the highest free place, as Linux does, and returns the first one.
  /// - Parameter alignment: in pages, a power of two.
  /// - Returns: nil when `bounds` has no such place.
  public mutating func map(count: Int, alignment: Int = 1) -> Int? {
    guard count > 0, let start = areas.highestGap(count: count, alignment: alignment) else {
      return nil
    }
    areas.insert(PageRange(start: start, count: count))
    return start
  }

  /// Takes the mappings and frames of these pages away. As in Linux, pages that are not mapped are no
  /// error. Returns the number of frames freed, page tables not counted.
  @discardableResult
  @inlinable
  public mutating func unmap<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ range: PageRange, core: Int = 0, memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Int {
    guard areas.remove(range) > 0 else { return 0 }
    return discard(range, core: core, memory: &memory)
  }

  /// Takes everything away, as the end of the process does. The address space may be used again.
  @inlinable
  public mutating func tearDown<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    core: Int = 0, memory: inout PhysicalMemory<Allocator, Observer>
  ) {
    unmap(bounds, core: core, memory: &memory)
  }
}
