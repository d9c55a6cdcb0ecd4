internal import MemoryUnits
public import PageFrames

extension HeapSpace {
  /// Checks all invariants, both ways of the reverse map among them; ends the process with one line
  /// at the first that does not hold. Takes time in proportion to the machine.
  public func validate<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    memory: borrowing PhysicalMemory<Allocator, Observer>
  ) {
    areas.validate()
    var seen = Seen()
    if tables.root != 0 {
      validate(
        table: Int(tables.root) - 1, level: HeapTables.rootLevel, firstPage: 0, memory, &seen)
    }
    expect(seen.pages == residentPages, "resident pages are not the entries present", seen.pages)
    expect(seen.tables == tables.count, "tables in use are not the tables reachable", seen.tables)
    validateFrames(memory)
  }

  /// What a walk over the tables has come across.
  private struct Seen {
    var pages = 0
    var tables = 0
  }

  /// From every entry to its frame.
  private func validate<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    table: Int, level: Int, firstPage: Int, _ memory: borrowing PhysicalMemory<Allocator, Observer>,
    _ seen: inout Seen
  ) {
    seen.tables += 1
    let tableOwner = memory.frames.owner(of: tables.frames[table])
    expect(
      !memory.zone.allocator.isFree(tables.frames[table]), "the frame of a page table is free",
      firstPage)
    expect(tableOwner.state == .pageTable, "a page table's frame is in other use", firstPage)
    expect(tableOwner.object == owner.object, "a page table's frame has another owner", firstPage)
    var present: UInt16 = 0
    for slot in 0..<512 {
      let entry = tables.entries[table << 9 + slot]
      guard entry != 0 else { continue }
      present += 1
      let page = firstPage + slot << (9 * level)
      if level > 0 {
        validate(table: Int(entry) - 1, level: level - 1, firstPage: page, memory, &seen)
        continue
      }
      seen.pages += 1
      let frame = FrameNumber(rawValue: entry - 1)
      let frameOwner = memory.frames.owner(of: frame)
      expect(areas.area(containing: page) != nil, "a page is resident but not mapped", page)
      expect(!memory.zone.allocator.isFree(frame), "the frame of a page is free", page)
      expect(frameOwner.state == .movable, "the frame of a page is in other use", page)
      expect(frameOwner.object == owner.object, "the frame of a page has another owner", page)
      expect(Int(frameOwner.index) == page - bounds.start, "the way back goes elsewhere", page)
      expect(memory.frames.mappings(of: frame) == 1, "a frame is not mapped once", page)
    }
    expect(present > 0, "an empty page table is kept", firstPage)
    expect(present == tables.populations[table], "a table's population is wrong", firstPage)
  }

  /// From every frame that names this address space to its entry.
  private func validateFrames<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ memory: borrowing PhysicalMemory<Allocator, Observer>
  ) {
    for index in 0..<memory.frames.frameCount {
      let frame = FrameNumber(index)
      let frameOwner = memory.frames.owner(of: frame)
      guard frameOwner.object == owner.object, !memory.zone.allocator.isFree(frame) else {
        continue
      }
      switch frameOwner.state {
      case .movable:
        let page = bounds.start + Int(frameOwner.index)
        expect(tables.frame(of: page) == frame, "a frame's page is mapped to another frame", page)
      case .pageTable:
        let table = Int(frameOwner.index)
        expect(tables.frames[table] == frame, "a frame's page table lies elsewhere", table)
      default: continue
      }
    }
  }

  private func expect(_ holds: Bool, _ message: StaticString, _ page: Int) {
    if !holds { heapSpaceFault(message, object: owner.object, page: page) }
  }
}

extension AreaList {
  func validate() {
    var end = bounds.start - 1
    var pages = 0
    forEach { area in
      // Greater, not equal: areas that touch are one area.
      if area.start <= end || area.isEmpty || area.end > bounds.end {
        heapSpaceFault("an area is out of order", object: 0, page: area.start)
      }
      end = area.end
      pages += area.count
    }
    if pages != pageCount { heapSpaceFault("the area count is wrong", object: 0, page: pages) }
    var copy = self
    for index in chunks.indices {
      copy.updateGap(index)
      if copy.chunks[index].largestGap != chunks[index].largestGap {
        heapSpaceFault("a chunk's largest gap is wrong", object: 0, page: index)
      }
    }
  }
}

@inline(never)
func heapSpaceFault(_ message: StaticString, object: UInt32, page: Int) -> Never {
  fatalError("address space \(object), page \(page): \(message)")
}
