public import MemoryUnits

extension PhysicalMemory where Allocator: ~Copyable {
  /// Takes a block of 2^order frames and writes its owner into their descriptors.
  ///
  /// Above low it is a plain allocation. Below low the reclaimer is woken. Below min, or when no block
  /// is large enough, it is called until that helps or it frees nothing more, but only once for orders
  /// above 3, which reclaim alone rarely makes; then the marks are ignored. Nil only when no block is
  /// left.
  @inlinable
  public mutating func allocate(
    _ order: Order, _ frameClass: FrameClass, owner: FrameOwner, core: Int = 0,
    reclaimer: inout some FrameReclaimer & ~Copyable
  ) -> FrameNumber? {
    if let frame = zone.allocate(order, frameClass, core: core, leaving: zone.watermarks.low) {
      frames.setOwner(owner, of: frame, order)
      return frame
    }
    guard let frame = allocateUnderPressure(order, frameClass, core, &reclaimer) else { return nil }
    frames.setOwner(owner, of: frame, order)
    return frame
  }

  /// The same where nothing can be reclaimed.
  @inlinable
  public mutating func allocate(
    _ order: Order, _ frameClass: FrameClass, owner: FrameOwner, core: Int = 0
  ) -> FrameNumber? {
    var nothing = NoReclaimer()
    return allocate(order, frameClass, owner: owner, core: core, reclaimer: &nothing)
  }

  /// Takes a block if at least `mark` frames stay free; nil otherwise. For owners that reclaim by
  /// themselves and tell the zone (`noteBelowLow` and its like).
  @inlinable
  public mutating func allocate(
    _ order: Order, _ frameClass: FrameClass, owner: FrameOwner, core: Int, leaving mark: Int
  ) -> FrameNumber? {
    guard let frame = zone.allocate(order, frameClass, core: core, leaving: mark) else {
      return nil
    }
    frames.setOwner(owner, of: frame, order)
    return frame
  }

  /// Gives back a block, or an aligned part of one. Nobody may hold a reference to its frames.
  @inlinable
  public mutating func free(_ frame: FrameNumber, _ order: Order, core: Int = 0) {
    zone.free(frame, order, core: core)
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

  /// What a reclaimer is asked for at once, as Linux's SWAP_CLUSTER_MAX.
  @inlinable
  static var reclaimBatch: Int { 32 }

  /// The largest order for which reclaim goes on (Linux: PAGE_ALLOC_COSTLY_ORDER).
  @inlinable
  static var costlyOrder: Order { Order(rawValue: 3) }

  @inline(never)
  @inlinable
  mutating func allocateUnderPressure<Reclaimer: FrameReclaimer & ~Copyable>(
    _ order: Order, _ frameClass: FrameClass, _ core: Int, _ reclaimer: inout Reclaimer
  ) -> FrameNumber? {
    if zone.noteBelowLow(order) { reclaimer.wake(&self) }
    if let frame = zone.allocate(order, frameClass, core: core, leaving: zone.watermarks.min) {
      return frame
    }
    zone.noteBelowMin(order)
    var goesOn = Reclaimer.canReclaim
    while goesOn {
      let freed = reclaimer.reclaim(max(order.frameCount, Self.reclaimBatch), for: order, &self)
      zone.noteDirectReclaim(order, freed: freed)
      if let frame = zone.allocate(order, frameClass, core: core, leaving: zone.watermarks.min) {
        return frame
      }
      goesOn = freed > 0 && order <= Self.costlyOrder
    }
    if let frame = zone.allocate(order, frameClass, core: core, leaving: 0) { return frame }
    zone.noteRefusal(order)
    return nil
  }
}
