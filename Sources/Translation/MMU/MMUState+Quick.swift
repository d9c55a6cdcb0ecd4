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
    guard first.largeCount | second.largeCount == 0, first.small.holder | second.small.holder == 0,
      !first.store.mayHold(page)
    else { return .max }
    let place = second.small
    let row = place.row(page)
    let tag = place.tag(page)
    let slot = second.store.find(row: row, lanes: place.lanes, tag: tag, query)
    if slot >= 0 {
      let entry = second.store.entry(slot)
      let word = PageWord(rawValue: entry.word)
      guard word.allows(access), word.pageClass == 0 else { return .max }
      first.misses &+= 1
      second.store.use(slot)
      first.enterSmall(page, entry)
      return address &+ word.difference
    }

    first.misses &+= 1
    second.misses &+= 1
    let found = walker.walk(address, access, &contents)
    if _slowPath(found.word == 0 || found.pageClass != 0) {
      return found.word == 0
        ? fault(&walker, query, found.fault)
        : enterLarge(&first, &second, query, found) &+ address
    }
    let entry = StoreEntry(
      key: query, mask: found.isGlobal ? ~PrefixStore.asidMask : ~0, word: found.word)
    second.enterSmall(page, entry)
    first.enterSmall(page, entry)
    return address &+ PageWord(rawValue: found.word).difference
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
  /// `enter` and `predict` for a page of 4 KiB, while no larger ones are there.
  @inline(__always)
  mutating func enterSmall(_ page: UInt64, _ entry: StoreEntry) {
    let row = small.row(page)
    let slot = store.victim(row: row, lanes: small.lanes)
    let old = store.entry(slot)
    if old.isValid {
      store.leave(hash: old.key)
    } else {
      unsafe classes[0].valid &+= 1
      store.fill(slot)
    }
    entered &+= 1
    store.enter(slot, tag: small.tag(page), hash: page, entry)
    store.predict(page, slot)
  }
}
