internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// The list on which a frame belongs by its flags.
  static func list(for flags: FrameFlags) -> LRULists.Kind {
    if flags.contains(.unevictable) { return .unevictable }
    if flags.contains(.swapBacked) {
      return flags.contains(.active) ? .activeAnonymous : .inactiveAnonymous
    }
    return flags.contains(.active) ? .activeFile : .inactiveFile
  }

  /// Puts a frame to the front of the list on which it belongs.
  mutating func addToLRU(_ frame: FrameNumber) {
    let group = Int(memory.frames.owner(of: frame).group)
    memory.frames.set(.lru, of: frame)
    memory.frames.pushFront(
      frame, to: &groups[group].lists[Self.list(for: memory.frames.flags(of: frame))])
  }

  /// Takes a frame from its list; its flags must be those with which it came.
  mutating func removeFromLRU(_ frame: FrameNumber) {
    let group = Int(memory.frames.owner(of: frame).group)
    memory.frames.remove(
      frame, from: &groups[group].lists[Self.list(for: memory.frames.flags(of: frame))])
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
}
