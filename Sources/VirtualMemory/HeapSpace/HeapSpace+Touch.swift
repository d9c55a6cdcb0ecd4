public import MemoryUnits
public import PageFrames

extension HeapSpace {
  /// Writes to every page of the range: those without a frame get one.
  @inlinable
  public mutating func touch<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ range: PageRange, core: Int = 0, memory: inout PhysicalMemory<Allocator, Observer>
  ) -> TouchOutcome {
    var page = range.start
    let end = range.end
    while page < end {
      let block = page &>> 9
      let blockEnd = min((block &+ 1) &<< 9, end)
      let leaf = tables.leaf(block)
      if leaf >= 0 {
        let base = leaf &<< 9
        while page < blockEnd, tables.entries[base &+ page & 511] != 0 { page &+= 1 }
      }
      guard page < blockEnd else { continue }
      let outcome = fault(PageRange(start: page, count: blockEnd &- page), core, &memory)
      switch outcome {
      case .resident: page = blockEnd
      case .outOfMemory(let touched):
        return .outOfMemory(touched: page &- range.start &+ touched)
      case .unmapped: return outcome
      }
    }
    return .resident
  }

  /// The slow half of `touch`: pages of one 2 MiB block, the first of which is not resident.
  @inlinable
  mutating func fault<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ range: PageRange, _ core: Int, _ memory: inout PhysicalMemory<Allocator, Observer>
  ) -> TouchOutcome {
    var mapped = PageRange(start: 0, count: 0)
    var leaf = tables.leaf(range.start &>> 9)
    var page = range.start
    while page < range.end {
      if leaf >= 0, tables.entries[leaf &<< 9 &+ page & 511] != 0 {
        page &+= 1
        continue
      }
      if !mapped.contains(page) {
        guard let area = areas.area(containing: page) else { return .unmapped(page: page) }
        mapped = area
      }
      if leaf < 0 {
        leaf = tables.makeLeaf(page &>> 9, owner: owner, core: core, memory: &memory)
        guard leaf >= 0 else { return .outOfMemory(touched: page &- range.start) }
      }
      let frameOwner = FrameOwner(
        state: .movable, group: owner.group, object: owner.object,
        index: UInt64(truncatingIfNeeded: page &- bounds.start))
      guard let frame = memory.allocate(.base, .movable, owner: frameOwner, core: core) else {
        // A leaf that was made for this page only must not stay behind empty.
        if tables.populations[leaf] == 0 {
          tables.prune(page &>> 9, core: core, memory: &memory)
        }
        return .outOfMemory(touched: page &- range.start)
      }
      memory.frames.setMappings(1, of: frame)
      tables.entries[leaf &<< 9 &+ page & 511] = frame.rawValue &+ 1
      tables.populations[leaf] &+= 1
      residentCount &+= 1
      page &+= 1
    }
    return .resident
  }
}
