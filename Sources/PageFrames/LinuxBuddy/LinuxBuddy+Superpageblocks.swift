public import MemoryUnits

/// Superpageblocks (Rik van Riel, 1GB superpageblock memory allocation, RFC of 2026-04-30 and 2026-05-20
/// on linux-mm): groups of pageblocks as large as a 1 GiB page, each clean, without a frame that does not
/// move, or tainted. Requests for frames that do not move go to tainted ones as long as there is room,
/// movable ones to clean ones.
///
/// Where the series changes from patch to patch, or relies on work in the background, this is done:
/// - A pageblock that becomes wholly free is movable again, so that a superpageblock is clean as soon as
///   nothing in it stays (the series counts free pageblocks apart, patch 8). Every other pageblock with a
///   frame that does not move has a type that says so: these requests claim, and never steal from movable
///   pageblocks; movable requests steal, and never claim.
/// - Free blocks of movable pageblocks in tainted superpageblocks have lists of their own
///   (`Migratetype.lent`), so that room is found without a search; the series looks at eight entries of a
///   common list (patch 11). Of blocks that do, the one in the fullest superpageblock of the first eight
///   is taken: the one with the most tainting pageblocks.
/// - An unmovable or reclaimable request takes, in a tainted superpageblock, a free block of its type; a
///   whole free pageblock; a block of the other type; the largest block in a movable pageblock, whatever
///   else is in it, and makes the pageblock its own (patch 19, for machines with many superpageblocks,
///   does so below pageblock order too). Only then it taints a clean one: the fullest that has a free
///   pageblock, or, where types may mix, any that has a block.
/// - A movable request looks in clean superpageblocks first, then in movable pageblocks of tainted ones,
///   then steals there.
/// - Superpageblocks that a zone has in part are tainted from the start: they can never be a 1 GiB page.
/// - Nothing is moved here; the series empties movable pageblocks of tainted superpageblocks in the
///   background (patch 15). With `defrag_mode` a request that would taint a clean one is refused at first
///   as long as there is such a pageblock: who can move frames empties `growth(for:)` and asks again, and
///   with `.mayFragment` the request taints.
extension LinuxBuddy {
  /// How many superpageblocks that lie within one zone are clean, or tainted; 0 without any.
  public func superpageblockCount(isTainted: Bool) -> Int {
    (0..<superpageblockCount).count {
      unsafe !superpageblocks[$0].isPartial && superpageblocks[$0].isTainted == isTainted
    }
  }

  /// Whether the superpageblock of a frame is tainted, or reaches beyond its zone; nil without any.
  public func isInTaintedSuperpageblock(_ frame: FrameNumber) -> Bool? {
    guard separation == .superpageblocks, range.contains(frame) else { return nil }
    return unsafe superpageblocks[superpageblock(of: frame.index)].isTainted
  }

  func superpageblock(of frame: Int) -> Int {
    frame >> policy.superpageblockOrder - firstSuperpageblock
  }

  /// A superpageblock's frames inside a zone.
  func frames(of index: Int, _ zone: Int) -> Range<Int> {
    let start = (firstSuperpageblock + index) << policy.superpageblockOrder
    let end = start + 1 << policy.superpageblockOrder
    return unsafe max(start, zones[zone].start)..<min(end, zones[zone].end)
  }

  func makeSuperpageblocks() {
    for zone in 0..<zoneCount {
      let state = unsafe zones[zone]
      for index in superpageblock(of: state.start)...superpageblock(of: state.end - 1)
      where frames(of: index, zone).count < 1 << policy.superpageblockOrder {
        unsafe superpageblocks[index].isPartial = true
        setTainted(true, index, zone)
      }
    }
  }

  /// What a pageblock's record becomes when it gets a type; keeps count. An isolated pageblock counts as
  /// what it was.
  func counted(_ type: UInt8, _ index: Int) -> UInt8 {
    let old = unsafe types[index] & 7
    if type == Migratetype.isolate.rawValue { return old | 8 }
    let frame = (firstPageblock + index) << pageblockOrder
    let new = UInt8(labelled(Int(type), max(frame, range.start.index)))
    let superpageblock = superpageblock(of: max(frame, range.start.index))
    let change = (Self.taints(new) ? 1 : 0) - (Self.taints(old) ? 1 : 0)
    unsafe superpageblocks[superpageblock].tainting += change
    return new
  }

  private static func taints(_ type: UInt8) -> Bool { 0b1101 >> type & 1 == 1 }

  /// A type as it is written in the superpageblock of a frame, where movable is `lent` in tainted ones.
  func labelled(_ type: Int, _ frame: Int) -> Int {
    let movable = Int(Migratetype.movable.rawValue)
    guard separation == .superpageblocks, type == movable || type == Migratetype.lent else {
      return type
    }
    let isTainted = unsafe superpageblocks[superpageblock(of: frame)].isTainted
    return isTainted ? Migratetype.lent : movable
  }

  /// Makes the pageblocks of a wholly free block movable if their type was for frames that do not move;
  /// returns the block's type.
  // Rare, and out of line so that a plain free stays short.
  @inline(never)
  func typeOfFree(_ frame: Int, _ order: Int, _ type: Int) -> Int {
    guard
      type == Int(Migratetype.unmovable.rawValue) || type == Int(Migratetype.reclaimable.rawValue)
    else { return type }
    setPageblockTypes(frame, order, Int(Migratetype.movable.rawValue))
    return pageblockType(frame)
  }

  @inline(never)
  func cleanIfPossible(_ zone: Int, _ frame: Int) {
    let index = superpageblock(of: frame)
    let state = unsafe superpageblocks[index]
    if state.isTainted, state.tainting == 0, !state.isPartial { setTainted(false, index, zone) }
  }

  /// Tainted by what is put in next.
  func taint(_ index: Int, _ zone: Int) { setTainted(true, index, zone) }

  /// Moves the movable pageblocks of a superpageblock and their free blocks to the other type.
  private func setTainted(_ isTainted: Bool, _ index: Int, _ zone: Int) {
    let frames = frames(of: index, zone)
    listFresh(zone, below: frames.upperBound)
    unsafe superpageblocks[index].isTainted = isTainted
    let movable = Int(Migratetype.movable.rawValue)
    let (old, new) = isTainted ? (movable, Migratetype.lent) : (Migratetype.lent, movable)
    let first = frames.lowerBound >> pageblockOrder - firstPageblock
    for pageblock in first...(frames.upperBound - 1) >> pageblockOrder - firstPageblock
    where unsafe Int(types[pageblock] & 7) == old {
      unsafe types[pageblock] = types[pageblock] & 8 | UInt8(new)
    }
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    var frame = frames.lowerBound
    while frame < frames.upperBound {
      let mark = pages[frame].block
      if mark.isFree, mark.type == old {
        unsafe zones[zone].lists.remove(frame, &pages)
        unsafe zones[zone].lists.insert(frame, mark.order, new, atTail: true, &pages)
      }
      frame += 1 << mark.order
    }
  }
}
