internal import MemoryUnits
internal import PageFrames

/// How hard direct compaction tries (Linux: enum compact_priority), the least first.
enum CompactionPriority: Int, Comparable {
  case async
  case syncLight
  /// The whole zone, whatever failed before.
  case syncFull

  static func < (left: CompactionPriority, right: CompactionPriority) -> Bool {
    left.rawValue < right.rawValue
  }

  /// As far as it goes for an order (MIN_COMPACT_COSTLY_PRIORITY, MIN_COMPACT_PRIORITY).
  static func highest(for order: Order) -> CompactionPriority {
    order > Order(3) ? .syncLight : .syncFull
  }
}

extension Machine {
  /// Compacts for an allocation and tries to take the block (Linux: __alloc_pages_direct_compact).
  mutating func allocateByCompaction(
    _ order: Order, _ owner: FrameOwner, _ frameClass: FrameClass, _ priority: CompactionPriority
  ) -> (frame: FrameNumber?, result: CompactionResult) {
    let result = compactDirectly(order, frameClass, priority)
    guard result != .skipped else { return (nil, result) }
    counters.compactStall &+= 1
    guard let frame = allocate(order, owner, frameClass, leaving: memory.zone.watermarks.min) else {
      counters.compactFail &+= 1
      return (nil, result)
    }
    compaction.zone.forgetsSkips = false
    compaction.zone.deferral.noteSuccess(order, isAllocated: true)
    counters.compactSuccess &+= 1
    return (frame, result)
  }

  /// try_to_compact_pages
  private mutating func compactDirectly(
    _ order: Order, _ frameClass: FrameClass, _ priority: CompactionPriority
  ) -> CompactionResult {
    if priority < .syncFull, compaction.zone.deferral.defers(order) { return .deferred }
    if let result = compactPlanned(order) { return result }
    var run = CompactionRun(
      .direct, priority == .async ? .async : .syncLight, order, frameClass,
      isWhole: priority == .syncFull)
    let result = compact(&run)
    if result == .success {
      compaction.zone.deferral.noteSuccess(order, isAllocated: false)
    } else if priority > .async, result.isFailure {
      compaction.zone.deferral.noteFailure(order)
    }
    return result
  }
}
