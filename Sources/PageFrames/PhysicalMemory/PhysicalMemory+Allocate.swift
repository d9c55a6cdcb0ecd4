public import MemoryUnits

extension PhysicalMemory where Allocator: ~Copyable {
  /// Takes a block of 2^order frames and writes its owner into their descriptors, for owners that
  /// cannot reclaim: the zone notes the marks that it falls below, and nil only means that no block is
  /// left.
  @inlinable
  public mutating func allocate(
    _ order: Order, _ frameClass: FrameClass, owner: FrameOwner, core: Int = 0
  ) -> FrameNumber? {
    if let frame = zone.allocate(order, frameClass, core: core, leaving: zone.watermarks.low) {
      frames.setOwner(owner, of: frame, order)
      return frame
    }
    guard let frame = allocateBelowLow(order, frameClass, core) else { return nil }
    frames.setOwner(owner, of: frame, order)
    return frame
  }

  /// Takes a block if at least `mark` frames stay free; nil otherwise. For owners that reclaim by
  /// themselves and tell the zone (`noteBelowLow` and its like).
  @inlinable
  public mutating func allocate(
    _ order: Order, _ frameClass: FrameClass, owner: FrameOwner, core: Int, leaving mark: Int,
    flags: FrameRequestFlags = .wakesReclaimer
  ) -> FrameNumber? {
    guard let frame = zone.allocate(order, frameClass, core: core, leaving: mark, flags: flags)
    else { return nil }
    frames.setOwner(owner, of: frame, order)
    return frame
  }

  /// Gives back a block, or an aligned part of one. Nobody may hold a reference to its frames.
  @inlinable
  public mutating func free(_ frame: FrameNumber, _ order: Order, core: Int = 0) {
    zone.free(frame, order, core: core)
  }

  /// Gives back frames one by one, in ascending order.
  @inlinable
  public mutating func freeEach(_ frames: FrameRange, core: Int = 0) {
    zone.freeEach(frames, core: core)
  }

  /// Takes exactly these frames if all are free, whatever the watermarks say.
  public mutating func claim(_ range: FrameRange, owner: FrameOwner) -> Bool {
    guard zone.allocator.claim(range) else { return false }
    for frame in range.start.index..<range.start.index + range.count {
      frames.setOwner(owner, of: FrameNumber(frame))
    }
    return true
  }

  /// Gives back allocated frames, whatever blocks they were taken in.
  public mutating func release(_ range: FrameRange) {
    zone.allocator.release(range)
    if zone.isReclaimerAwake { zone.noteFreed() }
  }

  @inline(never)
  @inlinable
  mutating func allocateBelowLow(
    _ order: Order, _ frameClass: FrameClass, _ core: Int
  ) -> FrameNumber? {
    _ = zone.noteBelowLow(order)
    if let frame = zone.allocate(order, frameClass, core: core, leaving: zone.watermarks.min) {
      return frame
    }
    zone.noteBelowMin(order)
    if let frame = zone.allocate(
      order, frameClass, core: core, leaving: 0,
      flags: [.wakesReclaimer, .mayFragment, .lastResort])
    {
      return frame
    }
    zone.noteRefusal(order)
    return nil
  }
}
