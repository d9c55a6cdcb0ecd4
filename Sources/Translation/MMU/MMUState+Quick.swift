internal import MemoryUnits

extension MMUState {
  /// What `resolve` does, for the common misses: nothing but 4 KiB pages is cached, the first level
  /// surely lacks the page, and the second level has it or the walk needs one read. 0, and nothing has
  /// happened, for everything else.
  @inline(__always)
  static func quick(
    _ first: inout PrefixStore, _ second: inout PrefixStore, _ walker: inout Walker,
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents
  ) -> UInt64 {
    let page = address &>> 12
    let query = page | walker.asid
    guard first.largeCount | second.largeCount == 0, first.small.holder | second.small.holder == 0,
      !first.store.mayHold(page)
    else { return 0 }
    let place = second.small
    let row = place.row(page)
    let tag = place.tag(page)
    let slot = second.store.find(row: row, lanes: place.lanes, tag: tag, query)
    if slot >= 0 {
      let entry = second.store.entry(slot)
      let word = PageWord(rawValue: entry.word)
      guard word.allows(access), word.pageClass == 0 else { return 0 }
      first.misses &+= 1
      second.store.use(slot)
      first.enterSmall(page, entry)
      return address &+ word.difference
    }

    let cached = walker.predictedDirectory(query)
    if cached < 0 { return 0 }
    let directory = walker.caches.store.entry(cached).word
    let table = FrameNumber(rawValue: UInt32(truncatingIfNeeded: directory &>> 12))
    let index = Int(truncatingIfNeeded: page) & 511
    var leaf = contents.entry(table, index)
    guard leaf.isPresent else { return 0 }
    let found = walker.leaf(
      &leaf, 1, directory & leaf.rawValue & 0b110, directory & 1 | leaf.rawValue &>> 63, table,
      index, address, access, &contents)
    // A fault: the walk that follows counts it.
    if found.word == 0 { return 0 }
    walker.walks &+= 1
    walker.reads &+= 1
    walker.cacheHits &+= 1
    walker.caches.store.use(cached)
    first.misses &+= 1
    second.misses &+= 1
    let entry = StoreEntry(
      key: query, mask: found.isGlobal ? ~PrefixStore.asidMask : ~0, word: found.word)
    second.enterSmall(page, entry)
    first.enterSmall(page, entry)
    return address &+ PageWord(rawValue: found.word).difference
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
