public import MemoryUnits

/// The region of Contiguitas (Zhao et al., ISCA 2023): frames that move and others lie in two parts of
/// physical memory, whose border follows demand.
///
/// What the paper leaves to its implementation is decided so:
/// - The region is the end of the zone, in whole pageblocks, because untouched memory is handed out from
///   the zone's start. Zone Movable has none.
/// - Unmovable and reclaimable requests look in the region only, in blocks of each other before the region
///   grows; movable ones look outside only. So a movable frame is never inside and another never outside,
///   whatever is asked in what order; only `claim` takes the frames that it is told.
/// - The border moves when a request finds nothing: by one wholly free pageblock at a time, towards the
///   movable part for a request of the region, else back. Frames that a core holds are not free.
/// - Nothing is moved here. Who can move frames empties `growth(for:)` and asks again.
extension LinuxBuddy {
  /// The region of a zone; empty without one.
  public func unmovableRegion(zone: Int = 0) -> FrameRange {
    guard zone >= 0, zone < zoneCount else {
      frameFault("no such zone", frame: zone, order: 0)
    }
    let region = unsafe zones[zone].region
    return FrameRange(start: FrameNumber(region.lowerBound), count: region.count)
  }

  /// With a region the pageblock that has to be emptied of movable frames before it grows; with
  /// superpageblocks a movable pageblock of the fullest tainted one.
  public func growth(for frameClass: FrameClass) -> FrameRange? {
    guard frameClass != .movable else { return nil }
    switch separation {
    case .none: return nil
    case .region: return pageblockBeforeBorder()
    case .superpageblocks: return movablePageblockInTainted()
    }
  }

  private func pageblockBeforeBorder() -> FrameRange? {
    for zone in (0..<zoneCount).reversed() {
      let head = unsafe zones[zone].region.lowerBound - 1 << pageblockOrder
      if unsafe zones[zone].kind != .movable, unsafe head >= zones[zone].start,
        pageblockType(head) == Int(Migratetype.movable.rawValue)
      {
        return FrameRange(start: FrameNumber(head), count: 1 << pageblockOrder)
      }
    }
    return nil
  }

  /// Sets apart what the policy says, at most as much as there are movable pageblocks.
  mutating func makeRegion(_ zone: Int) {
    let end = unsafe zones[zone].end & -(1 << pageblockOrder)
    unsafe zones[zone].region = end..<end
    guard unsafe zones[zone].kind != .movable else { return }
    let frames = unsafe zones[zone].managed * policy.unmovableRegion / 100
    for _ in 0..<max(1, frames >> pageblockOrder) {
      guard growRegion(zone, Int(Migratetype.unmovable.rawValue)) else { return }
    }
  }

  /// Takes a block for a request whose own lists are empty; -1 for none.
  mutating func takeAcrossBorder(_ zone: Int, _ order: Int, _ type: Int) -> Int {
    let movable = Int(Migratetype.movable.rawValue)
    if type == movable {
      while shrinkRegion(zone) {
        let frame = takeSmallest(zone, order, movable)
        if frame >= 0 { return frame }
      }
      return -1
    }
    let other = Int(Migratetype.unmovable.rawValue + Migratetype.reclaimable.rawValue) - type
    let frame = takeSmallest(zone, order, other)
    if frame >= 0 {
      noteSteal()
      return frame
    }
    // As many pageblocks as hold an aligned block of the order for certain.
    for _ in 0..<max(1, 2 << max(0, order - pageblockOrder)) {
      guard growRegion(zone, type) else { return -1 }
      noteClaim(1)
      let frame = takeSmallest(zone, order, type)
      if frame >= 0 { return frame }
    }
    return -1
  }

  /// Takes the pageblock before the border into the region, if it is wholly free.
  private mutating func growRegion(_ zone: Int, _ type: Int) -> Bool {
    let border = unsafe zones[zone].region.lowerBound
    let head = border - 1 << pageblockOrder
    guard unsafe head >= zones[zone].start,
      pageblockType(head) == Int(Migratetype.movable.rawValue), isWhollyFree(head)
    else { return false }
    unsafe zones[zone].region = head..<zones[zone].region.upperBound
    convert(zone, head, to: type)
    return true
  }

  /// Gives the first pageblock of the region up, if it is wholly free.
  private mutating func shrinkRegion(_ zone: Int) -> Bool {
    let region = unsafe zones[zone].region
    guard !region.isEmpty, pageblockType(region.lowerBound) < Int(Migratetype.isolatedFrom),
      isWhollyFree(region.lowerBound)
    else { return false }
    let border = region.lowerBound + 1 << pageblockOrder
    unsafe zones[zone].region = border..<region.upperBound
    convert(zone, region.lowerBound, to: Int(Migratetype.movable.rawValue))
    return true
  }

  private func isWhollyFree(_ head: Int) -> Bool {
    if isFresh(head) { return true }
    let mark = mark(block(containing: head))
    return mark.isFree && mark.order >= pageblockOrder
  }

  /// Whether the border of a region lies between two neighbouring pageblocks of these types: what is free
  /// on both sides never merges.
  // Rare, and out of line so that a plain free stays short.
  @inline(never)
  func isBorder(_ type: Int, _ other: Int) -> Bool {
    let movable = Int(Migratetype.movable.rawValue)
    return separation == .region && (type == movable) != (other == movable)
  }
}
