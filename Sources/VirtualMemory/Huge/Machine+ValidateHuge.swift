internal import MemoryUnits
internal import PageFrames
internal import Translation

/// `validate()` for leaves of 2 MiB and for folios.
extension Machine {
  /// The tables that leaves would be split into.
  mutating func validateDeposits(_ space: SpaceID, _ census: inout Census) {
    let deposits = spaces[space].deposits
    expect(
      deposits.count == spaces[space].hugeLeaves, "a huge leaf has no table, or a table no leaf",
      deposits.count)
    for table in deposits {
      let owner = memory.frames.owner(of: table)
      expect(
        owner.state == .pageTable && owner.object == space.rawValue
          && memory.frames.mappings(of: table) == 0 && !memory.zone.allocator.isFree(table),
        "a table that waits is in use", table.index)
    }
    census.tables += deposits.count
  }

  /// From a leaf of 2 MiB to its folio.
  mutating func validateHuge(
    _ leaf: PageTableEntry, _ page: Int, _ space: SpaceID, _ census: inout Census
  ) {
    census.hugeLeaves += 1
    guard let area = spaces[space].areas.area(containing: page), area.end >= page + Self.hugePages
    else { return expect(false, "a huge leaf lies in no area, or in several", page) }
    expect(area.isAnonymous && leaf.mapsFrame, "a huge leaf in an area of a file", page)
    if leaf.has(.special) {
      expect(
        leaf.frame == huge.zeroFolio && !leaf.isWritable && spaces[space].usesHugeZero,
        "the huge page of zeros is writable", page)
      return
    }
    let head = leaf.frame
    census.wholes[head, default: 0] += 1
    census.folios.insert(head)
    census.seenInSpace.anonymous += Self.hugePages
    let owner = memory.frames.owner(of: head)
    expect(
      memory.frames.folioOrder(of: head) == Order.huge.index && head.isAligned(to: .huge)
        && owner.state == .movable, "a huge leaf maps no huge folio", page)
    expect(
      Int(owner.index) == area.backingIndex(page), "the way back of a folio has another index", page
    )
    expect(
      !leaf.isWritable || area.flags.contains(.write), "a huge leaf allows what its area does not",
      page)
    expect(
      !leaf.isWritable || memory.frames.leaves(of: head) == 1, "a shared folio is writable", page)
    expect(
      folioMappings(of: head).contains { $0.space == space && $0.page == page && $0.part == nil },
      "the reverse map misses a huge leaf", page)
  }

  /// From folios to their leaves. Returns the frames of all user pages and folios.
  mutating func validateFolios(_ census: Census) -> Int {
    var queued = 0
    var (folios, waiting) = ([UInt64](repeating: 0, count: 10), [UInt64](repeating: 0, count: 10))
    for head in census.folios {
      let order = memory.frames.folioOrder(of: head)
      let count = memory.frames.folioFrames(of: head)
      var small = 0
      var held = 0
      var mapped = 0
      for part in 0..<count {
        let frame = head.advanced(by: part)
        let own = census.frames[frame, default: 0]
        expect(
          memory.frames.folioOrder(of: frame) == order && !memory.zone.allocator.isFree(frame),
          "a frame has left its folio", frame.index)
        expect(
          Int(memory.frames.mappings(of: frame)) == own, "a folio's frame is miscounted",
          frame.index)
        expect(
          memory.frames.owner(of: frame).index
            == memory.frames.owner(of: head).index + UInt64(part),
          "a frame of a folio belongs to another page", frame.index)
        small += own
        if own > 0 { mapped += 1 }
        held += pins[frame, default: 0]
      }
      let whole = census.wholes[head, default: 0]
      expect(
        memory.frames.wholeMappings(of: head) == whole
          && memory.frames.framesMapped(of: head) == mapped
          && memory.frames.leaves(of: head) == whole + small,
        "the leaves of a folio are miscounted", head.index)
      expect(
        Int(memory.frames.references(to: head)) == whole + small + held,
        "a folio's references are miscounted", head.index)
      expect(
        folioMappings(of: head).count == whole + small, "the reverse map of a folio is another one",
        head.index)
      expect(memory.frames.has(.lru, head), "a folio is on no list", head.index)
      let isPartial = memory.frames.has(.partiallyMapped, head)
      expect(
        isPartial == (whole == 0 && mapped < count) || mapped == 0,
        "a folio waits to be split, or should", head.index)
      folios[order] += 1
      if isPartial {
        queued += 1
        waiting[order] += 1
      }
    }
    for order in HugePageSizes.orders {
      expect(
        huge.counters[order].nrAnon == folios[order]
          && huge.counters[order].nrAnonPartiallyMapped == waiting[order],
        "folios of an order are miscounted", order)
    }
    var length = 0
    var next = huge.deferred.front
    while let tail = next {
      length += 1
      let head = memory.frames.head(of: tail)
      expect(
        census.folios.contains(head) && tail == head.advanced(by: 2)
          && memory.frames.has(.partiallyMapped, head), "a folio waits that is none", tail.index)
      next = memory.frames.next(after: tail)
    }
    expect(
      length == queued && length == huge.deferred.count, "waiting folios are miscounted", length)
    return pageCount(census)
  }

  /// Frames of all pages and folios of users.
  func pageCount(_ census: Census) -> Int {
    var count = 0
    for frame in census.frames.keys where !memory.frames.isInFolio(frame) { count += 1 }
    for head in census.folios { count += memory.frames.folioFrames(of: head) }
    return count
  }
}
