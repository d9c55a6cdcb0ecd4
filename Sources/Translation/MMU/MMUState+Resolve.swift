extension MMUState {
  /// A translation whose predicted entry of the first level does not serve: the whole first level, the
  /// second, a walk.
  ///
  /// An entry that forbids the access faults without a walk, as x86 may; the fault drops it, so that
  /// the retried access sees the tables. An entry that lacks only D for a write counts as a miss, and
  /// the walk replaces it.
  @inline(__always)
  static func resolve(
    _ first: inout PrefixStore, _ second: inout PrefixStore, _ walker: inout Walker,
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents
  ) -> Translated {
    let page = address &>> 12
    let query = page | walker.asid
    let inFirst = first.findPage(query)
    if inFirst >= 0 {
      let word = PageWord(rawValue: first.store.entry(inFirst).word)
      if word.allows(access) {
        first.store.predict(page, inFirst)
        first.store.use(inFirst)
        return Translated(rawValue: address &+ word.difference)
      }
      if !word.lacksOnlyDirty(access) {
        first.denied &+= 1
        return denied(&first, &second, query, access)
      }
    }
    first.misses &+= 1

    let inSecond = second.findPage(query)
    if inSecond >= 0 {
      let entry = second.store.entry(inSecond)
      let word = PageWord(rawValue: entry.word)
      if word.allows(access) {
        second.store.use(inSecond)
        // Whole again where the second level holds only a part, so that the first level never has a
        // page and a part of it.
        let slot = first.enter(
          class: word.pageClass, query, word: entry.word, global: entry.isGlobal)
        first.store.predict(page, slot)
        return Translated(rawValue: address &+ word.difference)
      }
      if !word.lacksOnlyDirty(access) {
        second.denied &+= 1
        return denied(&first, &second, query, access)
      }
    }
    second.misses &+= 1

    let found = walker.walk(address, access, &contents)
    if inFirst >= 0 { first.removePages(query) }
    if inSecond >= 0 { second.removePages(query) }
    if found.word == 0 {
      if found.fault.contains(.protection) { walker.caches.removePrefixes(query) }
      return Translated(found.fault)
    }
    second.enter(class: found.pageClass, query, word: found.word, global: found.isGlobal)
    let slot = first.enter(
      class: found.pageClass, query, word: found.word, global: found.isGlobal)
    first.store.predict(page, slot)
    return Translated(rawValue: address &+ PageWord(rawValue: found.word).difference)
  }

  @inline(never)
  private static func denied(
    _ first: inout PrefixStore, _ second: inout PrefixStore, _ query: UInt64, _ access: Access
  ) -> Translated {
    first.removePages(query)
    second.removePages(query)
    return Translated([.protection, FaultCode(access)])
  }
}

extension PrefixStore {
  /// Removes the entries of every class that match the query.
  mutating func removePrefixes(_ query: UInt64) {
    for index in 1..<5 where unsafe classes[index].valid > 0 {
      let slot = find(class: index, query)
      if slot >= 0 { remove(slot) }
    }
  }
}
