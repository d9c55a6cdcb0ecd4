import MemoryUnits

extension LinuxBuddy {
  mutating func makeSeparation() {
    switch separation {
    case .none: break
    case .region: for zone in 0..<zoneCount { makeRegion(zone) }
    case .superpageblocks: makeSuperpageblocks()
    }
  }

  /// Ends the process when pageblocks have types that they cannot have where they are.
  func validateSeparation() {
    switch separation {
    case .none: break
    case .region: validateRegions()
    case .superpageblocks: validateSuperpageblocks()
    }
  }

  /// The pageblocks of the types unmovable and reclaimable are the regions.
  private func validateRegions() {
    for zone in 0..<zoneCount {
      let state = unsafe zones[zone]
      for head in stride(from: state.start, to: state.end, by: 1 << pageblockOrder) {
        let type = pageblockType(head)
        guard type != Int(Migratetype.isolate.rawValue) else { continue }
        let isInside =
          type == Int(Migratetype.unmovable.rawValue)
          || type == Int(Migratetype.reclaimable.rawValue)
        guard isInside == state.region.contains(head) else {
          frameFault("a pageblock on the wrong side of the border", frame: head, order: type)
        }
      }
    }
  }

  /// Counts are right, labels follow them, and no frame that does not move is in a clean one.
  private func validateSuperpageblocks() {
    var counts = [Int](repeating: 0, count: superpageblockCount)
    for index in 0..<typeCount {
      let type = unsafe types[index] & 7
      let head = max((firstPageblock + index) << pageblockOrder, range.start.index)
      let superpageblock = superpageblock(of: head)
      if 0b1101 >> type & 1 == 1 { counts[superpageblock] += 1 }
      let isLent = Int(type) == Migratetype.lent
      let isTainted = unsafe superpageblocks[superpageblock].isTainted
      guard isLent || type == Migratetype.movable.rawValue, isLent != isTainted else { continue }
      frameFault("a pageblock with the wrong label", frame: head, order: Int(type))
    }
    for index in 0..<superpageblockCount {
      let state = unsafe superpageblocks[index]
      guard state.tainting == counts[index],
        state.isTainted == (counts[index] > 0 || state.isPartial)
      else {
        frameFault("a wrong count of tainting pageblocks", frame: index, order: counts[index])
      }
    }
    var frame = range.start.index
    while frame < range.start.index + range.count {
      if isFresh(frame) {
        frame += Order.maximum.frameCount
        continue
      }
      let mark = mark(frame)
      if mark.isOwned, mark.frameClass != .movable,
        unsafe !superpageblocks[superpageblock(of: frame)].isTainted
      {
        frameFault("a frame that does not move where all do", frame: frame, order: mark.order)
      }
      frame += 1 << mark.order
    }
  }
}
