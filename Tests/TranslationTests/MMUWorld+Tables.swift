import MemoryUnits
import Translation

extension MMUWorld {
  /// Maps a page of a random size and random rights where nothing is mapped yet.
  mutating func mapSomething() {
    let page = somePage()
    let leafLevel = [1, 1, 1, 1, 2, 2, 3][pick(7)]
    var table = UInt32(pick(4))
    var level = levels
    while level > leafLevel {
      let slot = Int(page >> UInt64(9 * (level - 1)) & 511)
      let entry = word(table, slot)
      if entry & 1 == 0 {
        guard nextTable < 8190 else { return }
        var rights: UInt64 = 7
        if pick(12) == 0 { rights &= ~2 }
        if pick(12) == 0 { rights &= ~4 }
        if pick(12) == 0 { rights |= 1 << 63 }
        set(table, slot, UInt64(nextTable) << 12 | rights)
        table = nextTable
        nextTable += 1
      } else {
        if entry & 1 << 7 != 0 { return }
        table = UInt32(entry >> 12 & 0xffff_ffff)
      }
      level -= 1
    }
    let slot = Int(page >> UInt64(9 * (level - 1)) & 511)
    guard word(table, slot) & 1 == 0 else { return }
    let frames = 1 << (9 * (level - 1))
    var leaf = UInt64(pick(1 << 24) / frames * frames) << 12 | 1
    if pick(3) != 0 { leaf |= 2 }
    if pick(4) != 0 { leaf |= 4 }
    if pick(4) == 0 { leaf |= 1 << 63 }
    if pick(9) == 0 { leaf |= 1 << 4 }
    // Only the kernel's half, whose tables all spaces share.
    if page >> UInt64(9 * levels - 1) & 1 != 0 { leaf |= 1 << 8 }
    if level > 1 {
      leaf |= 1 << 7
      if pick(5) == 0 { leaf |= 1 << 12 }
      if pick(16) == 0 { leaf |= 1 << 13 }
    }
    set(table, slot, leaf)
  }

  /// Where the leaf for a random page lies, if there is one: table, slot, level.
  private mutating func someLeaf() -> (UInt32, Int, Int, UInt64)? {
    let page = somePage()
    var table = UInt32(pick(4))
    var level = levels
    while true {
      let slot = Int(page >> UInt64(9 * (level - 1)) & 511)
      let entry = word(table, slot)
      if entry & 1 == 0 { return nil }
      if level == 1 || entry & 1 << 7 != 0 { return (table, slot, level, page) }
      table = UInt32(entry >> 12 & 0xffff_ffff)
      level -= 1
    }
  }

  /// Clears a leaf, with or without telling the MMU: a stale entry stays in use. A page of another
  /// size may come there only after everything was dropped.
  mutating func unmapSomething() {
    guard let (table, slot, level, page) = someLeaf() else { return }
    set(table, slot, 0)
    guard level > 1 || pick(2) == 0 else { return }
    mmu.invalidateAll()
    model.invalidate { _ in true }
    model.dropWalks(asid: nil)
    _ = page
  }

  /// More or fewer rights, A and D cleared as reclaim does: without an invalidation the old ones stay.
  mutating func changeRights() {
    guard let (table, slot, _, page) = someLeaf() else { return }
    var leaf = word(table, slot)
    switch pick(4) {
    case 0: leaf ^= 2
    case 1: leaf ^= 4
    case 2: leaf ^= 1 << 63
    default: leaf &= ~(3 << 5)
    }
    set(table, slot, leaf)
    if pick(2) == 0 {
      mmu.invalidate(page << 12)
      let asid = model.asid
      model.invalidate { $0.wholeCovers(page, asid: asid) }
      model.dropWalks(asid: asid)
    }
  }

  /// What differs between MMU and model, in words; nil for nothing.
  func difference(full: Bool) -> String? {
    if let lastDifference { return lastDifference }
    let counters = mmu.counters
    let found = [
      counters.l1Data.hits, counters.l1Data.misses, counters.l1Instruction.hits,
      counters.l1Instruction.misses, counters.walks, counters.walkReads, counters.walkCacheHits,
    ]
    let expected = [
      model.l1Data.hits, model.l1Data.misses, model.l1Instruction.hits,
      model.l1Instruction.misses, model.walks, model.reads, model.walkCacheHits,
    ]
    if found != expected { return "counts \(found), expected \(expected)" }
    guard full else { return nil }
    let second = [
      counters.l2Data.hits, counters.l2Data.misses, counters.l2Instruction.hits,
      counters.l2Instruction.misses,
    ]
    let expectedSecond = [
      model.l2Data.hits, model.l2Data.misses, model.l2Instruction.hits,
      model.l2Instruction.misses,
    ]
    if second != expectedSecond { return "second level \(second), expected \(expectedSecond)" }
    for (table, slots) in model.tables {
      for (slot, expected) in slots where word(table, slot) != expected {
        return "table \(table) slot \(slot): \(word(table, slot)), expected \(expected)"
      }
    }
    var entries: [TLBEntry: Int] = [:]
    mmu.forEachEntry { entries[$0, default: 0] += 1 }
    var wanted: [TLBEntry: Int] = [:]
    for store in [model.l1Data, model.l1Instruction, model.l2Data, model.l2Instruction] {
      for entry in store.all { wanted[TLBEntry(entry), default: 0] += 1 }
    }
    if entries != wanted {
      let surplus = entries.filter { wanted[$0.key] != $0.value }
      let missing = wanted.filter { entries[$0.key] != $0.value }
      return "held \(surplus), expected \(missing)"
    }
    return nil
  }
}

extension TLBEntry {
  init(_ entry: ModelStore.Entry) {
    self.init(
      asid: entry.isGlobal ? 0 : entry.asid, virtualPage: entry.page,
      size: PageSize(rawValue: UInt8(entry.bits)) ?? .base4KiB,
      frame: FrameNumber(rawValue: UInt32(truncatingIfNeeded: entry.frame)), isUser: entry.isUser,
      isWritable: entry.isWritable, isExecutable: entry.isExecutable, isDirty: entry.isDirty,
      isGlobal: entry.isGlobal)
  }
}
