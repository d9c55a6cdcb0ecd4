internal import MemoryUnits

extension SmallMachine {
  func row(_ section: StoreSection, _ number: UInt64) -> Int {
    section.firstSlot + Int(number & UInt64(section.sets - 1)) * section.lanes
  }

  func tag(_ number: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: number ^ number >> 16) }

  func tlbSlot(_ vpn: UInt64) -> Int {
    tlb.find(row: row(tlbSection, vpn), lanes: tlbSection.lanes, tag: tag(vpn), vpn)
  }

  func cacheSlot(_ line: UInt64) -> Int {
    guard let cacheSection else { return -1 }
    return cache.find(
      row: row(cacheSection, line), lanes: cacheSection.lanes, tag: tag(line), line)
  }

  /// The worksheet of an address with TLB, tables and cache as they are. Changes nothing.
  ///
  /// The byte is the cache's, and missing where the cache has none.
  public func probe(_ va: UInt64) -> Worksheet {
    let vpn = va >> UInt64(geometry.offsetBits)
    let vpo = va & UInt64(geometry.pageBytes - 1)
    let inTLB = tlbSlot(vpn)
    var sheet = Worksheet(
      va: va, vpn: vpn, vpo: vpo, tlbi: vpn & UInt64(geometry.tlbSets - 1),
      tlbt: vpn >> UInt64(geometry.tlbIndexBits), tlbHit: inTLB >= 0, pageFault: false)
    if inTLB >= 0 {
      sheet.ppn = tlb.entry(inTLB).word >> 12
    } else {
      let word = entry(vpn)
      guard word.isPresent else {
        sheet.pageFault = true
        return sheet
      }
      sheet.ppn = UInt64(word.frame.rawValue)
    }
    let pa = (sheet.ppn ?? 0) << UInt64(geometry.offsetBits) | vpo
    sheet.pa = pa
    guard let shape = geometry.cache else { return sheet }
    let line = pa >> UInt64(shape.offsetBits)
    let slot = cacheSlot(line)
    sheet.co = pa & UInt64(shape.lineBytes - 1)
    sheet.ci = line & UInt64(shape.sets - 1)
    sheet.ct = line >> UInt64(shape.indexBits)
    sheet.cacheHit = slot >= 0
    // The cache writes through: what it holds is what memory has.
    if slot >= 0 { sheet.byte = memory(pa) }
    return sheet
  }

  /// A load of one byte: the worksheet as it was found, then the page is entered into the TLB and its line
  /// into the cache, or made the most recently used there. A fault changes nothing.
  public mutating func load(_ va: UInt64) -> Worksheet {
    var sheet = probe(va)
    guard let ppn = sheet.ppn, let pa = sheet.pa else { return sheet }
    enterTLB(sheet.vpn, ppn)
    enterLine(pa)
    sheet.byte = memory(pa)
    return sheet
  }

  /// Enters a page into the TLB as its most recently used.
  public mutating func enterTLB(_ vpn: UInt64, _ ppn: UInt64) {
    let held = tlbSlot(vpn)
    if held >= 0 && tlb.entry(held).word >> 12 == ppn {
      tlb.use(held)
      return
    }
    if held >= 0 { tlb.remove(held) }
    let slot = tlb.takeVictim(row: row(tlbSection, vpn))
    tlb.enter(
      slot, tag: tag(vpn), hash: 0,
      StoreEntry(key: vpn, mask: .max, word: ppn << 12 | StoreEntry.valid))
  }

  /// Enters the line of a physical address into the cache as the most recently used of its set.
  public mutating func enterLine(_ pa: UInt64) {
    guard let shape = geometry.cache, let cacheSection else { return }
    let line = pa >> UInt64(shape.offsetBits)
    let held = cacheSlot(line)
    if held >= 0 {
      cache.use(held)
      return
    }
    let slot = cache.takeVictim(row: row(cacheSection, line))
    cache.enter(
      slot, tag: tag(line), hash: 0,
      StoreEntry(key: line, mask: .max, word: StoreEntry.valid))
  }

  /// What the TLB holds: page and frame, set by set, the most recently used of a set first.
  public var tlbEntries: [(vpn: UInt64, ppn: UInt64)] {
    var found: [(vpn: UInt64, ppn: UInt64)] = []
    for set in 0..<tlbSection.sets {
      var slot = tlb.newest(row: set * tlbSection.lanes)
      // Invalid slots are the oldest.
      for _ in 0..<tlbSection.ways where tlb.entry(slot).isValid {
        found.append((tlb.entry(slot).key, tlb.entry(slot).word >> 12))
        slot = tlb.slot(before: slot)
      }
    }
    return found
  }
}

extension AssociativeStore {
  /// The most recently used slot of a row.
  func newest(row: Int) -> Int { unsafe row + Int(heads[row >> 3]) }

  /// The slot of the same row that was used last before this one.
  func slot(before slot: Int) -> Int { unsafe Int(rows[slot >> 3]) + Int(older[slot]) }
}
