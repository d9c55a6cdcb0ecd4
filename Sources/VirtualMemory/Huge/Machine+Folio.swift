internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// One 4 KiB leaf more maps a frame of a folio, with a reference of its own, and nobody has the frame
  /// alone.
  mutating func sharePart(_ frame: FrameNumber) {
    memory.frames.clear(.anonExclusive, of: frame)
    memory.frames.mapPart(frame)
    memory.frames.addReferences(1, to: memory.frames.head(of: frame))
  }

  /// Undoes the mappings and drops the references of leaves for frames of folios, after the flush.
  mutating func releaseParts(_ gather: inout FlushGather) {
    spaces[gather.space].resident.anonymous -= gather.parts.count
    var next = 0
    while next < gather.parts.count {
      let head = memory.frames.head(of: gather.parts[next].frame)
      var count = 0
      while next < gather.parts.count {
        let frame = gather.parts[next].frame
        guard memory.frames.head(of: frame) == head else { break }
        memory.frames.unmapPart(frame)
        count += 1
        next += 1
      }
      deferSplit(head)
      memory.frames.addReferences(1 - count, to: head)
      dropReference(head)
    }
    gather.parts.removeAll(keepingCapacity: true)
  }

  /// The same of leaves for whole folios.
  mutating func releaseFolios(_ gather: inout FlushGather) {
    for leaf in gather.folios {
      spaces[gather.space].resident.anonymous -= memory.frames.folioFrames(of: leaf.frame)
      memory.frames.unmapWhole(leaf.frame)
      deferSplit(leaf.frame)
      dropReference(leaf.frame)
    }
    gather.folios.removeAll(keepingCapacity: true)
  }

  /// Takes the leaf around `page` away; its folio goes with the gather.
  mutating func zapHuge(_ page: Int, _ place: EntrySlot, _ gather: inout FlushGather) {
    let leaf = takeHuge(gather.space, place)
    let range = Self.hugeRange(page)
    gather.add(range.start, through: range.end - 1)
    if !leaf.has(.special) { gather.folios.append(leaf) }
  }

  /// Frees a folio to which nobody refers any more.
  mutating func freeFolio(_ head: FrameNumber) {
    let order = Order(memory.frames.folioOrder(of: head))
    if memory.frames.has(.lru, head) { removeFromLRU(head) }
    leaveDeferred(head)
    groups[Int(memory.frames.owner(of: head).group)].charged &-= order.frameCount
    memory.frames.splitFolio(head)
    huge.counters[order.index].nrAnon &-= 1
    counters.pgfree &+= UInt64(order.frameCount)
    note(.frameFreed(head))
    memory.free(head, order, core: currentCore)
  }

  // MARK: Folios that are mapped in part

  /// Queues a folio to be split by reclaim if some of its frames are mapped and others are not (Linux:
  /// deferred_split_folio).
  mutating func deferSplit(_ head: FrameNumber) {
    guard memory.frames.leaves(of: head) > 0, memory.frames.wholeMappings(of: head) == 0,
      memory.frames.framesMapped(of: head) < memory.frames.folioFrames(of: head),
      !memory.frames.has(.partiallyMapped, head)
    else { return }
    memory.frames.set(.partiallyMapped, of: head)
    memory.frames.pushFront(head.advanced(by: 2), to: &huge.deferred)
    let order = memory.frames.folioOrder(of: head)
    if order == Order.huge.index { counters.thpDeferredSplitPage &+= 1 }
    huge.counters[order].splitDeferred &+= 1
    huge.counters[order].nrAnonPartiallyMapped &+= 1
  }

  mutating func leaveDeferred(_ head: FrameNumber) {
    guard memory.frames.has(.partiallyMapped, head) else { return }
    memory.frames.remove(head.advanced(by: 2), from: &huge.deferred)
    memory.frames.clear(.partiallyMapped, of: head)
    huge.counters[memory.frames.folioOrder(of: head)].nrAnonPartiallyMapped &-= 1
  }

  // MARK: The way back

  /// A leaf that maps a folio, or one frame of it.
  struct FolioMapping {
    let space: SpaceID
    /// The first page that the leaf maps.
    let page: Int
    /// The frame that a 4 KiB leaf maps; nil for a large leaf.
    let part: FrameNumber?
  }

  /// Every leaf that maps a folio or a frame of it, found from its head alone.
  mutating func folioMappings(of head: FrameNumber) -> [FolioMapping] {
    let owner = memory.frames.owner(of: head)
    let first = Int(owner.index)
    let pages = first..<first + memory.frames.folioFrames(of: head)
    var found: [FolioMapping] = []
    for run in anonymous.runs(AnonymousID(rawValue: owner.object), pages) {
      var page = run.page
      while page < run.page + run.count {
        let blockEnd = min((page &>> 9 &+ 1) &<< 9, run.page + run.count)
        if let place = hugeSlot(run.space, page) {
          let leaf = contents.entry(place.table, place.slot)
          if leaf.frame == head, !leaf.has(.special) {
            found.append(FolioMapping(space: run.space, page: page & ~511, part: nil))
          }
        } else if let table = leafTable(run.space, page) {
          for page in page..<blockEnd {
            let frame = head.advanced(by: run.index + page - run.page - first)
            let entry = contents.entry(table, page & 511)
            if entry.mapsFrame, entry.has(.folio), entry.frame == frame {
              found.append(FolioMapping(space: run.space, page: page, part: frame))
            }
          }
        }
        page = blockEnd
      }
    }
    return found
  }
}
