public import MemoryUnits

extension FrameTable {
  /// What the owner said the frame is used for. Says nothing about free frames: those keep the state
  /// of their last owner, and only the allocator knows that they are free (`FrameStateScan`).
  @inlinable
  public func state(of frame: FrameNumber) -> FrameState {
    FrameState(rawValue: UInt8(truncatingIfNeeded: self[frame].flags)) ?? .unknown
  }

  @inlinable
  public mutating func setState(_ state: FrameState, of frame: FrameNumber) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].flags = pages[frame.index].flags & ~0xff | UInt32(state.rawValue)
  }

  /// State, group and reverse-map key of one frame.
  @inlinable
  public func owner(of frame: FrameNumber) -> FrameOwner {
    let page = self[frame]
    return FrameOwner(
      state: FrameState(rawValue: UInt8(truncatingIfNeeded: page.flags)) ?? .unknown,
      group: page.group, object: page.object,
      index: UInt64(page.flags &>> 28) &<< 32 | UInt64(page.index))
  }

  /// Gives an allocated frame to another object; group, flags, counts and list stay.
  public mutating func reassign(
    _ frame: FrameNumber, state: FrameState, object: UInt32, index: UInt64
  ) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].flags =
      pages[frame.index].flags & 0x0fff_ff00 | UInt32(state.rawValue)
      | UInt32(truncatingIfNeeded: index &>> 32) &<< 28
    pages[frame.index].object = object
    pages[frame.index].index = UInt32(truncatingIfNeeded: index)
  }

  /// Gives every frame of a freshly allocated block its owner, one reference and no mapping. Frame i
  /// of the block becomes page `owner.index + i` of the object. All flags are cleared.
  @inlinable
  public mutating func setOwner(
    _ owner: FrameOwner, of block: FrameNumber, _ order: Order = .base
  ) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    var index = owner.index
    for frame in block.index..<block.index &+ order.frameCount {
      pages[frame].flags =
        UInt32(owner.state.rawValue) | UInt32(truncatingIfNeeded: index &>> 32) &<< 28
      pages[frame].references = 1
      pages[frame].mappings = 0
      pages[frame].group = owner.group
      pages[frame].object = owner.object
      pages[frame].index = UInt32(truncatingIfNeeded: index)
      index &+= 1
    }
  }

  /// Gives all that the owner of an allocated frame knows of it, counts and flags included, to another
  /// allocated frame; links and block stay. The old one has no references then.
  public mutating func transfer(_ old: FrameNumber, to new: FrameNumber) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let page = pages[old.index]
    pages[new.index].flags = page.flags
    pages[new.index].references = page.references
    pages[new.index].mappings = page.mappings
    pages[new.index].object = page.object
    pages[new.index].index = page.index
    pages[new.index].group = page.group
    pages[old.index].references = 0
    pages[old.index].mappings = 0
  }
}
