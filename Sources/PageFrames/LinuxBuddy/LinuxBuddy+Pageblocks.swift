public import MemoryUnits

extension LinuxBuddy {
  /// The type of a frame's pageblock; isolate hides the one that it had before.
  @inline(always)
  @inlinable
  func pageblockType(_ frame: Int) -> Int {
    let type = unsafe Int(types[frame &>> pageblockOrder &- firstPageblock])
    return type < 8 ? type : Int(Migratetype.isolate.rawValue)
  }

  /// Gives all pageblocks of a block of pageblock order or more a type.
  func setPageblockTypes(_ frame: Int, _ order: Int, _ type: Int) {
    for head in stride(from: frame, to: frame + 1 << order, by: 1 << pageblockOrder) {
      let index = head >> pageblockOrder - firstPageblock
      unsafe types[index] =
        separation == .superpageblocks ? counted(UInt8(type), index) : UInt8(type)
    }
  }

  /// Migratetype of the pageblock that contains a frame of the range.
  public func migratetype(ofPageblock frame: FrameNumber) -> Migratetype {
    guard range.contains(frame) else {
      frameFault("pageblock out of range", frame: frame.index, order: pageblockOrder)
    }
    return Migratetype(rawValue: UInt8(pageblockType(frame.index))) ?? .movable
  }

  public func frameClass(ofPageblock frame: FrameNumber) -> FrameClass? {
    migratetype(ofPageblock: frame).frameClass
  }

  /// How many pageblocks have a type, zones together: the last table of /proc/pagetypeinfo.
  public func pageblockCount(_ type: Migratetype) -> Int {
    (0..<typeCount).count { index in
      let frame = max((firstPageblock + index) << pageblockOrder, range.start.index)
      let found = pageblockType(frame)
      return found == Int(type.rawValue) || type == .movable && found == Migratetype.lent
    }
  }

  /// Free blocks of a type and order, zones together: a cell of /proc/pagetypeinfo.
  public func freeBlockCount(_ order: Order, _ type: Migratetype) -> Int {
    guard order.index < Order.allocatorCount else { return 0 }
    var count = 0
    for zone in 0..<zoneCount {
      let list = LinuxLists.index(order.index, Int(type.rawValue))
      count += unsafe Int(zones[zone].lists.counts[list])
      if order == .maximum, unsafe zones[zone].freshType == Int(type.rawValue) {
        count += unsafe zones[zone].fresh.count >> Order.maximum.index
      }
      if type == .movable {
        let lent = LinuxLists.index(order.index, Migratetype.lent)
        count += unsafe Int(zones[zone].lists.counts[lent])
      }
    }
    return count
  }

  /// Free frames of a whole pageblock that is not fresh, and frames of it that somebody owns who
  /// asked for movable ones. What cores hold is neither.
  ///
  /// Linux counts pages that are on an LRU list as movable; here the request's class decides.
  func contents(ofPageblock head: Int) -> (free: Int, movable: Int) {
    var free = 0
    var movable = 0
    var frame = head
    while frame < head + 1 << pageblockOrder {
      let mark = mark(frame)
      if mark.isFree {
        free += 1 << mark.order
      } else if mark.isOwned, mark.frameClass == .movable {
        movable += 1 << mark.order
      }
      frame += 1 << mark.order
    }
    return (free, movable)
  }

  /// Moves the free blocks of a pageblock to the tails of another type's lists
  /// (`__move_freepages_block`); blocks of pageblock order and less.
  func moveFreeBlocks(_ zone: Int, _ head: Int, to type: Int) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    var frame = head
    while frame < head + 1 << pageblockOrder {
      let mark = pages[frame].block
      if mark.isFree {
        unsafe zones[zone].lists.remove(frame, &pages)
        unsafe zones[zone].lists.insert(frame, mark.order, type, atTail: true, &pages)
      }
      frame += 1 << mark.order
    }
  }

  /// Gives a pageblock a type, and its free frames to the lists of that type; a larger free block
  /// around it is cut first. What becomes mergeable merges.
  mutating func convert(_ zone: Int, _ head: Int, to wanted: Int) {
    let type = labelled(wanted, head)
    listFresh(zone, below: head + 1 << pageblockOrder)
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let outer = block(containing: head)
    let mark = pages[outer].block
    if mark.order > pageblockOrder, !mark.isFree {
      // A block that somebody owns: its frames come to the new type when they are freed.
      setPageblockTypes(head, pageblockOrder, type)
      return
    }
    if mark.order > pageblockOrder {
      unsafe zones[zone].lists.remove(outer, &pages)
      var order = mark.order
      var start = outer
      while order > pageblockOrder {
        observer.didSplit(FrameNumber(start), Order(order))
        tally.splits &+= 1
        order -= 1
        let upper = start + 1 << order
        let other = head >= upper ? start : upper
        unsafe zones[zone].lists.insert(other, order, mark.type, atTail: false, &pages)
        if head >= upper { start = upper }
      }
      unsafe zones[zone].lists.insert(head, order, mark.type, atTail: false, &pages)
    }
    setPageblockTypes(head, pageblockOrder, type)
    moveFreeBlocks(zone, head, to: type)
    if pages[head].block.isFree, pages[head].block.order == pageblockOrder {
      unsafe zones[zone].lists.remove(head, &pages)
      merge(zone, head, pageblockOrder, type, &pages)
    }
  }

  mutating func makeContiguousArea(_ area: FrameRange) {
    for head in stride(
      from: area.start.index, to: area.start.index + area.count, by: 1 << pageblockOrder)
    {
      convert(zoneIndex(of: head), head, to: Int(Migratetype.cma.rawValue))
    }
  }

  /// Takes whole pageblocks out of use or gives them back: free frames of isolated pageblocks are handed
  /// to nobody, and frames that are freed there stay (`set_migratetype_isolate`). Frames that cores
  /// hold stay with them until they are drained.
  public mutating func setIsolated(_ isIsolated: Bool, _ frames: FrameRange) {
    guard range.contains(frames), (frames.start.index | frames.count) % (1 << pageblockOrder) == 0
    else {
      frameFault(
        "isolation of parts of pageblocks", frame: frames.start.index, order: pageblockOrder)
    }
    for head in stride(
      from: frames.start.index, to: frames.start.index + frames.count, by: 1 << pageblockOrder)
    {
      let zone = zoneIndex(of: head)
      let index = head >> pageblockOrder - firstPageblock
      let type = unsafe types[index]
      if isIsolated, type < 8 {
        convert(zone, head, to: Int(Migratetype.isolate.rawValue))
        unsafe types[index] = type | 8
      } else if !isIsolated, type >= 8 {
        convert(zone, head, to: Int(type & 7))
      }
    }
  }
}
