extension MMUState {
  /// Translates the first `count` accesses of the queue, at least one, in place; ends after a fault.
  /// Returns how many. The accesses from `known` to `all` of the queue are new in it.
  @inline(never)
  @usableFromInline
  mutating func translateQueued(
    _ count: Int, known: Int, all: Int, _ contents: inout FrameContents
  ) -> Int {
    let queue = unsafe queue.accesses
    // Fewer tables are near anyhow, and so is all else that a miss reads.
    if unsafe walker.caches.classes[1].valid > 64 {
      for index in known..<all { unsafe prepareLeaf(queue[index].word, contents) }
    }
    var index = 0
    var misses = 0
    while index < count {
      misses &+= common(&index, to: count, contents)
      if index == count { break }
      let (address, access) = unsafe (queue[index].word, queue[index].access)
      let result: Translated
      if access.isExecute {
        let word = instruction.hit(address, access, walker.asid)
        result =
          word != 0
          ? Translated(rawValue: address &+ (word & ~0xfff))
          : resolveInstruction(address, access, &contents)
      } else {
        let word = data.hit(address, access, walker.asid)
        if word != 0 {
          result = Translated(rawValue: address &+ (word & ~0xfff))
        } else {
          misses &+= 1
          result = resolveData(address, access, &contents)
        }
      }
      unsafe queue[index].word = result.rawValue
      index &+= 1
      if result.isFault { break }
    }
    self.queue.isMissing = misses &* 4 > index
    return index
  }

  /// The accesses of the queue from `index` on that are hits where they are predicted, or common misses
  /// (`quick`) whose walk, if there is one, changes nothing. Moves `index` to the first that is neither;
  /// returns how many missed.
  @inline(__always)
  private mutating func common(
    _ index: inout Int, to end: Int, _ contents: borrowing FrameContents
  ) -> Int {
    let place = second.small
    guard data.store.isLogged, data.largeCount | second.largeCount == 0, place.lanes <= 64
    else { return 0 }
    let queue = unsafe queue.accesses
    let asid = walker.asid
    var position = index
    var walks = 0
    var secondHits = 0
    while position < end {
      let (address, access) = unsafe (queue[position].word, queue[position].access)
      let page = address &>> 12
      let query = page | asid
      if access.isExecute { break }
      let hint = data.store.hint(page)
      if hint.count != 0 {
        let entry = data.store.entry(Int(hint.slot))
        guard entry.matches(query), entry.word & access.rawValue != 0 else { break }
        data.store.note(Int(hint.slot))
        unsafe queue[position].word = address &+ (entry.word & ~0xfff)
        position &+= 1
        continue
      }
      let row = place.row(page)
      let tag = place.tag(page)
      let slot = second.store.findNear(row: row, lanes: place.lanes, tag: tag, query)
      let entry: StoreEntry
      if slot >= 0 {
        entry = second.store.entry(slot)
        let word = PageWord(rawValue: entry.word)
        guard word.allows(access), word.pageClass == 0 else { break }
        secondHits &+= 1
        second.store.use(way: slot &- row, row: row)
      } else {
        let known = walker.walkKnown(page, query, access, contents)
        guard known.word != 0 else { break }
        walks &+= 1
        entry = StoreEntry(key: query, mask: known.mask, word: known.word)
        let victim = second.store.takeOldest(row: row)
        // Once the store is full, the entry that gives way need not be looked at.
        if second.smallCount != second.smallCapacity, !second.store.entry(victim).isValid {
          second.smallCount &+= 1
        }
        second.store.write(victim, tag: tag, entry)
      }
      enterFirst(page, entry)
      unsafe queue[position].word = address &+ (entry.word & ~0xfff)
      position &+= 1
    }
    index = position
    second.quickHits &+= secondHits
    walker.known &+= walks
    data.store.entered &+= secondHits &+ walks
    return secondHits &+ walks
  }

  /// `PrefixStore.enterSmall` for a page with whose hash the first level, which keeps a log, has nothing.
  @inline(__always)
  private mutating func enterFirst(_ page: UInt64, _ entry: StoreEntry) {
    let slot = data.store.oldestLogged()
    let old = data.store.entry(slot)
    if old.isValid { data.store.leave(hash: old.key) } else { data.smallCount &+= 1 }
    data.store.write(slot, tag: UInt16(truncatingIfNeeded: page ^ page &>> 16), entry)
    data.store.predictOnly(page, slot)
  }

  /// Asks for the leaf of an address in the table that its walk will probably read.
  @inline(__always)
  private func prepareLeaf(_ address: UInt64, _ contents: borrowing FrameContents) {
    let page = address &>> 12
    let slot = walker.caches.store.prediction(PrefixStore.hash(page &>> 9, class: 1))
    contents.prefetchEntry(
      walker.caches.store.entry(slot).word, Int(truncatingIfNeeded: page) & 511)
  }
}

extension PrefixStore {
  /// Valid entries for pages of 4 KiB.
  var smallCount: Int {
    @inline(__always) get { unsafe classes[0].valid }
    @inline(__always) nonmutating set { unsafe classes[0].valid = newValue }
  }
}
