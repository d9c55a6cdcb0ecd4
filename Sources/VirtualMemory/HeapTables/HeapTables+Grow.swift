public import MemoryUnits
public import PageFrames

extension HeapTables {
  /// The leaf that covers `block`, made with all parents it lacks; -1 and no change when the machine
  /// has no frame left for one of them.
  @inlinable
  mutating func makeLeaf<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ block: Int, owner: HeapSpaceOwner, core: Int,
    memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Int {
    let page = block << 9
    if root == 0 {
      guard let made = makeTable(owner, core, &memory) else { return -1 }
      root = UInt32(made) + 1
    }
    var table = Int(root) - 1
    var level = Self.rootLevel
    while level > 0 {
      let index = table << 9 + Self.slot(page, level)
      if entries[index] == 0 {
        guard let made = makeTable(owner, core, &memory) else {
          prune(block, core: core, memory: &memory)
          return -1
        }
        entries[index] = UInt32(made) + 1
        populations[table] += 1
      }
      table = Int(entries[index]) - 1
      level -= 1
    }
    recentBlock = block
    recentLeaf = table
    return table
  }

  @inlinable
  mutating func makeTable<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ owner: HeapSpaceOwner, _ core: Int, _ memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Int? {
    let table = spare.last.map(Int.init) ?? frames.count
    let frameOwner = FrameOwner(
      state: .pageTable, group: owner.group, object: owner.object, index: UInt64(table))
    guard let frame = memory.allocate(.base, .unmovable, owner: frameOwner, core: core) else {
      return nil
    }
    if spare.popLast() == nil {
      frames.append(frame)
      populations.append(0)
      entries.append(contentsOf: repeatElement(0, count: 512))
    } else {
      frames[table] = frame
    }
    count += 1
    return table
  }

  /// Gives back the empty tables on the way from the root to `block`.
  @inlinable
  mutating func prune<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>(
    _ block: Int, core: Int, memory: inout PhysicalMemory<Allocator, Observer>
  ) {
    if block == recentBlock { recentBlock = -1 }
    let page = block << 9
    // The lowest table on the path; its parents are found again from the root, as this is rare.
    while root != 0 {
      var table = Int(root) - 1
      var parentEntry = -1
      var level = Self.rootLevel
      while level > 0 {
        let index = table << 9 + Self.slot(page, level)
        guard entries[index] != 0 else { break }
        parentEntry = index
        table = Int(entries[index]) - 1
        level -= 1
      }
      guard populations[table] == 0 else { return }
      memory.free(frames[table], .base, core: core)
      spare.append(UInt32(table))
      count -= 1
      if parentEntry < 0 {
        root = 0
      } else {
        entries[parentEntry] = 0
        populations[parentEntry >> 9] -= 1
      }
    }
  }
}
