package import MemoryUnits
package import PageFrames

extension Machine {
  /// Takes one frame for the kernel itself, reclaiming where memory is short; nil when nothing could be
  /// reclaimed.
  mutating func allocateFrame(_ owner: FrameOwner, _ frameClass: FrameClass) -> FrameNumber? {
    allocateBlock(.base, owner, frameClass)
  }

  /// Takes a block, on no LRU list and charged to nobody, with as much effort as is allowed where
  /// memory is short.
  package mutating func allocateBlock(
    _ order: Order, _ owner: FrameOwner, _ frameClass: FrameClass,
    effort: AllocationEffort = .usual
  ) -> FrameNumber? {
    allocate(order, owner, frameClass, leaving: memory.zone.watermarks.low)
      ?? allocateUnderPressure(order, owner, frameClass, effort)
  }

  /// Takes a block if so many frames stay free.
  @inline(__always)
  mutating func allocate(
    _ order: Order, _ owner: FrameOwner, _ frameClass: FrameClass, leaving mark: Int,
    flags: FrameRequestFlags = .wakesReclaimer
  ) -> FrameNumber? {
    guard
      let frame = memory.allocate(
        order, frameClass, owner: owner, core: currentCore, leaving: mark, flags: flags)
    else { return nil }
    if order == .base {
      noteAllocated(frame)
    } else {
      counters.pgalloc &+= UInt64(order.frameCount)
    }
    return frame
  }

  /// Takes one frame for a user page, charged to the owner's group, on its LRU list.
  /// - Parameter flags: what holds of the page from the start, `swapBacked` among them.
  mutating func allocateUserFrame(_ owner: FrameOwner, _ flags: FrameFlags) -> FrameNumber? {
    if isAtLimit(Int(owner.group)), !makeRoom(in: Int(owner.group)) { return nil }
    guard let frame = allocateFrame(owner, .movable) else { return nil }
    enterUserFrame(frame, owner.group, flags)
    return frame
  }

  /// Charges a fresh frame to its group and puts it on its LRU list.
  mutating func enterUserFrame(_ frame: FrameNumber, _ group: UInt16, _ flags: FrameFlags) {
    groups[Int(group)].charged &+= 1
    memory.frames.set(flags.union(.lru), of: frame)
    memory.frames.pushFront(frame, to: &groups[Int(group)].lists[Self.list(for: flags)])
  }

  mutating func noteAllocated(_ frame: FrameNumber) {
    counters.pgalloc &+= 1
    note(.frameAllocated(frame))
  }

  /// Gives a frame back that nobody refers to any more.
  mutating func freeFrame(_ frame: FrameNumber) {
    counters.pgfree &+= 1
    note(.frameFreed(frame))
    memory.free(frame, .base, core: currentCore)
  }

  /// Drops one reference to a user frame, or to a folio by its head; the last one frees it.
  mutating func dropReference(_ frame: FrameNumber) {
    let remains = memory.frames.dropReference(frame)
    guard remains.references == 0 else {
      if remains.references == 1, remains.flags.contains(.swapCache) { dropIfOnlyCached(frame) }
      return
    }
    if remains.isFolio { return freeFolio(frame) }
    let group = Int(remains.group)
    if remains.flags.contains(.lru) {
      memory.frames.remove(frame, from: &groups[group].lists[Self.list(for: remains.flags)])
    }
    groups[group].charged &-= 1
    freeFrame(frame)
  }
}
