internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// The list on which a frame belongs by its flags.
  static func list(for flags: FrameFlags) -> LRULists.Kind {
    if flags.contains(.unevictable) { return .unevictable }
    // MADV_FREE pages need no swap: they lie among those of files, as in Linux.
    if flags.contains(.swapBacked), !flags.contains(.lazyFree) {
      return flags.contains(.active) ? .activeAnonymous : .inactiveAnonymous
    }
    return flags.contains(.active) ? .activeFile : .inactiveFile
  }

  /// Puts a frame, or a folio by its head, to the front of the list on which it belongs.
  mutating func addToLRU(_ frame: FrameNumber) {
    let group = Int(memory.frames.owner(of: frame).group)
    memory.frames.set(.lru, of: frame)
    let kind = Self.list(for: memory.frames.flags(of: frame))
    memory.frames.pushFront(frame, to: &groups[group].lists[kind])
    if memory.frames.isInFolio(frame) {
      groups[group].lists[kind].addTails(memory.frames.folioFrames(of: frame) - 1)
    }
  }

  /// Takes a frame from its list; its flags must be those with which it came.
  mutating func removeFromLRU(_ frame: FrameNumber) {
    let group = Int(memory.frames.owner(of: frame).group)
    let kind = Self.list(for: memory.frames.flags(of: frame))
    memory.frames.remove(frame, from: &groups[group].lists[kind])
    if memory.frames.isInFolio(frame) {
      groups[group].lists[kind].addTails(1 - memory.frames.folioFrames(of: frame))
    }
    memory.frames.clear(.lru, of: frame)
  }

  /// Moves a frame to the list on which it belongs after a change of its flags.
  mutating func changeLRU(_ frame: FrameNumber, _ change: (inout FrameFlags) -> Void) {
    let old = memory.frames.flags(of: frame)
    var new = old
    change(&new)
    let isListed = old.contains(.lru)
    if isListed { removeFromLRU(frame) }
    memory.frames.clear(old.subtracting(new), of: frame)
    memory.frames.set(new.subtracting(old).subtracting(.lru), of: frame)
    if isListed { addToLRU(frame) }
  }

  /// Puts the pages of a range that is no longer locked back on the lists that reclaim looks at; those
  /// that another area locks are found there again.
  mutating func makeEvictable(_ space: SpaceID, _ range: PageRange) {
    forEachEntry(
      space, range,
      large: { machine, _, place in
        machine.makeEvictable(machine.contents.entry(place.table, place.slot))
        return true
      }
    ) { machine, _, place in
      machine.makeEvictable(machine.contents.entry(place.table, place.slot))
    }
  }

  private mutating func makeEvictable(_ entry: PageTableEntry) {
    guard entry.mapsFrame, !entry.has(.special) else { return }
    let frame = memory.frames.head(of: entry.frame)
    guard memory.frames.has(.unevictable, frame) else { return }
    changeLRU(frame) { $0.remove(.unevictable) }
  }
}
