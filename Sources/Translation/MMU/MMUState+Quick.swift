extension MMUState {
  /// What `resolve` does, for the common misses: nothing but 4 KiB pages is cached, the first level
  /// surely lacks the page, and the second level does not forbid the access. UInt64.max, and
  /// nothing has happened, for everything else.
  @inline(__always)
  static func quick(
    _ first: inout PrefixStore, _ second: inout PrefixStore, _ walker: inout Walker,
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents
  ) -> UInt64 {
    let page = address &>> 12
    let query = page | walker.asid
    let place = second.small
    guard first.largeCount | second.largeCount == 0, first.store.lacks(page), place.lanes <= 64
    else { return .max }
    let row = place.row(page)
    let tag = place.tag(page)
    let slot = second.store.findNear(row: row, lanes: place.lanes, tag: tag, query)
    if slot >= 0 {
      let entry = second.store.entry(slot)
      let word = PageWord(rawValue: entry.word)
      guard word.allows(access), word.pageClass == 0 else { return .max }
      second.quickHits &+= 1
      second.store.use(way: slot &- row, row: row)
      first.enterSmall(page, entry)
      return address &+ word.difference
    }

    let known = walker.walkKnown(page, query, access, contents)
    var entry = StoreEntry(key: query, mask: known.mask, word: known.word)
    if _fastPath(known.word != 0) {
      walker.known &+= 1
    } else {
      first.misses &+= 1
      second.misses &+= 1
      let found = walker.walkAny(address, access, &contents)
      if found.word == 0 { return fault(&walker, query, found.fault) }
      if found.pageClass != 0 { return enterLarge(&first, &second, query, found) &+ address }
      entry.mask = found.isGlobal ? ~PrefixStore.asidMask : ~0
      entry.word = found.word
    }
    let victim = second.store.takeOldest(row: row)
    if !second.store.entry(victim).isValid { unsafe second.classes[0].valid &+= 1 }
    second.store.write(victim, tag: tag, entry)
    first.enterSmall(page, entry)
    return address &+ PageWord(rawValue: entry.word).difference
  }

  @inline(never)
  private static func fault(
    _ walker: inout Walker, _ query: UInt64, _ fault: FaultCode
  ) -> UInt64 {
    if fault.contains(.protection) { walker.caches.removePrefixes(query) }
    return Translated(fault).rawValue
  }

  /// Enters a large page on both levels; returns its difference.
  @inline(never)
  private static func enterLarge(
    _ first: inout PrefixStore, _ second: inout PrefixStore, _ query: UInt64, _ found: WalkResult
  ) -> UInt64 {
    second.enter(class: found.pageClass, query, word: found.word, global: found.isGlobal)
    let slot = first.enter(
      class: found.pageClass, query, word: found.word, global: found.isGlobal)
    first.store.predict(query, slot)
    return PageWord(rawValue: found.word).difference
  }
}

extension PrefixStore {
  /// `enter` for a page of 4 KiB, while no larger ones are there.
  @inline(__always)
  mutating func enterSmall(_ page: UInt64, _ entry: StoreEntry) {
    let slot: Int
    var tag = UInt16(truncatingIfNeeded: page ^ page &>> 16)
    if store.isLogged {
      slot = store.takeLogged()
    } else {
      slot = store.takeOldest(row: small.row(page))
      tag = small.tag(page)
    }
    let old = store.entry(slot)
    if old.isValid { store.leave(hash: old.key) } else { unsafe classes[0].valid &+= 1 }
    store.enter(slot, tag: tag, hash: page, entry)
  }
}
