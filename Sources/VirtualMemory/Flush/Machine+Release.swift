internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Undoes one mapping and drops one reference of the frame of every entry: the second half of taking
  /// pages away, after the flush. The result is that of one entry after the other; frames in a row go
  /// together.
  mutating func release(_ entries: [PageTableEntry], _ space: SpaceID) {
    var list = FrameList()
    var group = -1
    var kind = LRULists.Kind.inactiveAnonymous
    var freed = 0
    var file = 0
    var index = 0
    // Up to here entries map frames that follow each other.
    var rowEnd = 0
    while index < entries.count {
      let entry = entries[index]
      let frame = entry.frame
      let remains = memory.frames.remains(of: frame)
      if remains.state == .fileCache {
        file &+= 1
        note(entry, frame)
      }
      guard remains.references == 1 else {
        index &+= 1
        _ = memory.frames.release(frame)
        if remains.references == 2, remains.flags.contains(.swapCache) {
          settle(list, kind, group, freed)
          group = -1
          freed = 0
          dropIfOnlyCached(frame)
        }
        continue
      }
      let ownKind = Self.list(for: remains.flags)
      if Int(remains.group) != group || ownKind != kind {
        settle(list, kind, group, freed)
        group = Int(remains.group)
        kind = ownKind
        list = groups[group].lists[kind]
        freed = 0
      }
      // Bits of entries go to the frames of files one by one.
      let isFile = remains.state == .fileCache
      if index >= rowEnd { rowEnd = isFile ? index &+ 1 : Self.rowEnd(entries, from: index) }
      let row = isFile ? 1 : rowEnd &- index
      let frames = FrameRange(
        start: frame,
        count: memory.frames.releaseLast(
          FrameRange(start: frame, count: row), alike: Self.listFlags, from: &list))
      freed &+= frames.count
      index &+= frames.count
      free(frames)
    }
    settle(list, kind, group, freed)
    spaces[space].resident.file -= file
    spaces[space].resident.anonymous -= entries.count &- file
  }

  /// The flags that `list(for:)` decides by, and whether a frame is on its list at all.
  private static var listFlags: FrameFlags {
    [.lru, .active, .unevictable, .swapBacked, .lazyFree]
  }

  /// Behind the last of the entries from `first` on that map frames which follow each other.
  private static func rowEnd(_ entries: [PageTableEntry], from first: Int) -> Int {
    let frame = entries[first].frame.rawValue &- UInt32(truncatingIfNeeded: first)
    var index = first &+ 1
    while index < entries.count,
      entries[index].frame.rawValue &- UInt32(truncatingIfNeeded: index) == frame
    {
      index &+= 1
    }
    return index
  }

  private mutating func free(_ frames: FrameRange) {
    if log.isOn {
      for offset in 0..<frames.count { note(.frameFreed(frames.start.advanced(by: offset))) }
    }
    if frames.count == 1 {
      memory.free(frames.start, .base, core: currentCore)
    } else {
      memory.freeEach(frames, core: currentCore)
    }
  }

  /// Puts a list back that frames were taken from.
  private mutating func settle(
    _ list: FrameList, _ kind: LRULists.Kind, _ group: Int, _ freed: Int
  ) {
    guard group >= 0 else { return }
    groups[group].lists[kind] = list
    groups[group].charged &-= freed
    counters.pgfree &+= UInt64(freed)
  }

  /// Carries the A and D bits of an entry over to the frame of a file.
  private mutating func note(_ entry: PageTableEntry, _ frame: FrameNumber) {
    if entry.isDirty { memory.frames.set(.dirty, of: frame) }
    if entry.isAccessed { memory.frames.set(.referenced, of: frame) }
  }

  /// Notes that an entry maps its frame no more, and carries its A and D bits over to the frame; true
  /// for a file's frame. The entry's reference remains.
  mutating func unmapFrame(_ entry: PageTableEntry) -> Bool {
    guard memory.frames.unmap(entry.frame) == .fileCache else { return false }
    note(entry, entry.frame)
    return true
  }
}
