internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Makes pages by themselves of the frames of a folio (Linux: split_huge_page): those that nothing
  /// maps are freed, the others come to its place on its LRU list. Returns those; nil, and nothing
  /// changed but large leaves, while somebody else holds the folio.
  /// - Parameter held: references of the caller beside those of leaves. Each frame that remains gets as
  ///   many, and the folio's own are gone.
  mutating func splitFolio(_ head: FrameNumber, held: Int = 0) -> [FrameNumber]? {
    let order = memory.frames.folioOrder(of: head)
    let isHuge = order == Order.huge.index
    guard Int(memory.frames.references(to: head)) == memory.frames.leaves(of: head) + held else {
      if isHuge { counters.thpSplitPageFailed &+= 1 }
      huge.counters[order].splitFailed &+= 1
      return nil
    }
    // Linux takes 4 KiB leaves away one after the other for a split: the first makes the folio one that
    // is mapped in part, which it counts, as 6.18 shows.
    if memory.frames.wholeMappings(of: head) == 0, memory.frames.framesMapped(of: head) > 1,
      !memory.frames.has(.partiallyMapped, head)
    {
      if isHuge { counters.thpDeferredSplitPage &+= 1 }
      huge.counters[order].splitDeferred &+= 1
    }
    for mapping in folioMappings(of: head) where mapping.part == nil {
      splitHugeLeaf(mapping.space, mapping.page)
    }
    for mapping in folioMappings(of: head) {
      guard let table = leafTable(mapping.space, mapping.page) else { continue }
      var entry = contents.entry(table, mapping.page & 511)
      entry.clear(.folio)
      contents.setEntry(entry, table, mapping.page & 511)
      elapsed += costs.entry
    }
    leaveDeferred(head)
    if isHuge { counters.thpSplitPage &+= 1 }
    huge.counters[order].split &+= 1
    huge.counters[order].nrAnon &-= 1
    return divide(head, held)
  }

  /// The descriptors' part of a split.
  private mutating func divide(_ head: FrameNumber, _ held: Int) -> [FrameNumber] {
    let count = memory.frames.folioFrames(of: head)
    let flags = memory.frames.flags(of: head).subtracting(.anonExclusive)
    let group = Int(memory.frames.owner(of: head).group)
    let kind = Self.list(for: flags)
    if flags.contains(.lru) { groups[group].lists[kind].addTails(1 - count) }
    memory.frames.splitFolio(head)
    var mapped: [FrameNumber] = []
    for part in 1..<count {
      let frame = head.advanced(by: part)
      guard memory.frames.mappings(of: frame) > 0 else {
        groups[group].charged &-= 1
        freeFrame(frame)
        continue
      }
      memory.frames.set(flags, of: frame)
      if flags.contains(.lru) {
        memory.frames.insert(frame, before: head, in: &groups[group].lists[kind])
      }
      memory.frames.addReferences(held, to: frame)
      mapped.append(frame)
    }
    if memory.frames.mappings(of: head) > 0 {
      memory.frames.addReferences(held, to: head)
      mapped.insert(head, at: 0)
    } else {
      if flags.contains(.lru) { removeFromLRU(head) }
      groups[group].charged &-= 1
      freeFrame(head)
    }
    return mapped
  }
}
