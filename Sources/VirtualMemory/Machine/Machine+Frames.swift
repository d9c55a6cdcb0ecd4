internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// Takes one frame for the kernel itself; nil when nothing is left.
  mutating func allocateFrame(_ owner: FrameOwner, _ frameClass: FrameClass) -> FrameNumber? {
    guard let frame = memory.allocate(.base, frameClass, owner: owner, core: currentCore) else {
      return nil
    }
    counters.pgalloc &+= 1
    note(.frameAllocated(frame))
    return frame
  }

  /// Takes one frame for a user page, charged to the owner's group, on its LRU list.
  /// - Parameter flags: what holds of the page from the start, `swapBacked` among them.
  mutating func allocateUserFrame(_ owner: FrameOwner, _ flags: FrameFlags) -> FrameNumber? {
    guard let frame = allocateFrame(owner, .movable) else { return nil }
    groups[Int(owner.group)].charged &+= 1
    memory.frames.set(flags, of: frame)
    addToLRU(frame)
    return frame
  }

  /// Gives a frame back that nobody refers to any more.
  mutating func freeFrame(_ frame: FrameNumber) {
    counters.pgfree &+= 1
    note(.frameFreed(frame))
    memory.free(frame, .base, core: currentCore)
  }

  /// Drops one reference to a user frame; the last one frees it.
  mutating func dropReference(_ frame: FrameNumber) {
    let remains = memory.frames.dropReference(frame)
    guard remains.references == 0 else { return }
    let group = Int(remains.group)
    if remains.flags.contains(.lru) {
      memory.frames.remove(frame, from: &groups[group].lists[Self.list(for: remains.flags)])
    }
    groups[group].charged &-= 1
    freeFrame(frame)
  }
}
