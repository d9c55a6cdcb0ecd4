internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Undoes one mapping and drops one reference of the frame of every entry: the second half of taking
  /// pages away, after the flush. Descriptors are visited once, and frames in a row that lie on one
  /// list cost one look at it.
  mutating func release(_ entries: [PageTableEntry], _ space: SpaceID) {
    var list = FrameList()
    var group = -1
    var kind = LRULists.Kind.inactiveAnonymous
    var freed = 0
    var file = 0
    for entry in entries {
      let frame = entry.frame
      let remains = memory.frames.release(frame)
      if remains.state == .fileCache {
        file &+= 1
        note(entry, frame)
      }
      guard remains.references == 0 else {
        if remains.references == 1, remains.flags.contains(.swapCache) {
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
      freed &+= 1
      if remains.flags.contains(.lru) { memory.frames.remove(frame, from: &list) }
      note(.frameFreed(frame))
      memory.free(frame, .base, core: currentCore)
    }
    settle(list, kind, group, freed)
    spaces[space].resident.file -= file
    spaces[space].resident.anonymous -= entries.count &- file
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
