internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// MADV_COLD: pages of a range that nobody else maps go to the inactive lists, as not used.
  /// MADV_PAGEOUT: they are reclaimed at once, used or not.
  mutating func makeCold(
    _ space: SpaceID, _ area: Area, _ range: PageRange, pageOut: Bool
  ) throws(Errno) {
    var frames: [FrameNumber] = []
    // Behind the last folio that went as a whole.
    var done = 0
    forEachEntry(
      space, range,
      large: { machine, pages, place in
        guard machine.isAlone(pages, place) else { return !machine.splitsForAdvice(place) }
        var leaf = machine.contents.entry(place.table, place.slot)
        guard machine.memory.frames.flags(of: leaf.frame).isSuperset(of: .lru),
          machine.memory.frames.flags(of: leaf.frame).isDisjoint(with: .unevictable)
        else { return true }
        leaf.clear(.accessed)
        machine.contents.setEntry(leaf, place.table, place.slot)
        if machine.memory.frames.has(.active, leaf.frame) {
          machine.counters.pgdeactivate &+= UInt64(Self.hugePages)
        }
        machine.changeLRU(leaf.frame) { $0.subtract([.active, .referenced]) }
        frames.append(leaf.frame)
        return true
      }
    ) { machine, page, place in
      guard page >= done else { return }
      if let head = machine.wholeSmallFolio(page, place, before: range.end),
        machine.memory.frames.flags(of: head).isDisjoint(with: .unevictable)
      {
        let count = machine.memory.frames.folioFrames(of: head)
        done = page + count
        machine.clearBits(.accessed, place, of: head)
        if machine.memory.frames.has(.active, head) {
          machine.counters.pgdeactivate &+= UInt64(count)
        }
        machine.changeLRU(head) { $0.subtract([.active, .referenced]) }
        frames.append(head)
        return
      }
      machine.splitPart(place)
      var entry = machine.contents.entry(place.table, place.slot)
      guard entry.isPresent, entry.isPlain,
        machine.memory.frames.mappings(of: entry.frame) == 1,
        machine.memory.frames.flags(of: entry.frame).isSuperset(of: .lru),
        machine.memory.frames.flags(of: entry.frame).isDisjoint(with: .unevictable)
      else { return }
      entry.clear(.accessed)
      machine.contents.setEntry(entry, place.table, place.slot)
      if machine.memory.frames.has(.active, entry.frame) { machine.counters.pgdeactivate &+= 1 }
      machine.changeLRU(entry.frame) { $0.subtract([.active, .referenced]) }
      frames.append(entry.frame)
    }
    guard pageOut else { return }
    for frame in frames { isolate(frame) }
    _ = shrink(frames, ignoresUse: true)
    pruneEmptyTables(space, range)
  }

  /// MADV_WILLNEED: pages in swap, or those of a file, are read ahead; nothing is mapped. Where private
  /// memory has a file behind it, the file's pages are read and copies in swap stay there, as in Linux.
  mutating func prefetch(_ space: SpaceID, _ area: Area, _ range: PageRange) {
    chargedGroup = spaces[space].group
    if let file = area.file {
      let first = area.backingIndex(range.start)
      if files[file].store != nil { return readAhead(file, first..<first + range.count) }
      let slots = (first..<first + range.count).compactMap { files[file].swapped[$0] }
      return prefetch(slots)
    }
    var slots: [UInt32] = []
    forEachEntry(space, range, large: { _, _, _ in true }) { machine, _, place in
      if let swap = SwapEntry(machine.contents.entry(place.table, place.slot)) {
        slots.append(swap.slot)
      }
    }
    prefetch(slots)
  }

  private mutating func prefetch(_ slots: [UInt32]) {
    for slot in slots where swap.frame(under: slot) == nil && swap.references(to: slot) > 0 {
      prefetchSlot(slot)
    }
  }
}
