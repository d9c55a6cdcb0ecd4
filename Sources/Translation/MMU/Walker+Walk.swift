internal import MemoryUnits

extension Walker {
  /// The low bits of a `PageWord`, without those of the page's size.
  ///
  /// - Parameters:
  ///   - rights: R/W and U/S of all levels, at their places; other bits do not count.
  ///   - noExecute: bit 0: XD of any level.
  @inline(__always)
  static func flags(
    _ leaf: PageTableEntry, rights: UInt64, noExecute: UInt64
  ) -> UInt64 {
    let writable = rights &>> 1 & 1
    let dirty = leaf.rawValue &>> 6 & 1
    let allowed = 1 | (writable & dirty) &<< 1 | (~noExecute & 1) &<< 2
    return allowed &<< 3 | allowed & (0 &- (rights &>> 2 & 1)) | writable &<< 6 | dirty &<< 7
      | (leaf.rawValue &>> 4 & 1) &<< 8 | StoreEntry.valid
  }

  @inline(never)
  mutating func walkAny(
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents
  ) -> WalkResult {
    walk(address, access, &contents)
  }

  /// Walks the tables from the deepest cached entry, or from cr3, to the page of an address.
  ///
  /// Rights are those of all levels together: R/W and U/S must be set in each, XD in none; R/W binds
  /// the supervisor too (CR0.WP). A is set in every entry that is used, D in the leaf by a write. An
  /// access that is not allowed leaves the leaf as it is.
  @inline(__always)
  mutating func walk(
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents
  ) -> WalkResult {
    guard isCanonical(address) else { return WalkResult(.nonCanonical) }
    walks &+= 1
    let page = address &>> 12
    let query = page | asid
    var table = root
    var level = levels
    var rights: UInt64 = 0b110
    var noExecute: UInt64 = 0
    let cached = findCached(query, &level)
    if cached >= 0 {
      let word = caches.store.entry(cached).word
      caches.store.use(cached)
      cacheHits &+= 1
      table = FrameNumber(rawValue: UInt32(truncatingIfNeeded: word &>> 12))
      rights = word & 0b110
      noExecute = word & 1
    }
    while true {
      let shift = UInt64(truncatingIfNeeded: 9 &* (level &- 1))
      let slot = Int(truncatingIfNeeded: page &>> shift) & 511
      var entry = contents.entry(table, slot)
      reads &+= 1
      guard entry.isPresent else { return WalkResult(FaultCode(access)) }
      rights &= entry.rawValue
      noExecute |= entry.rawValue &>> 63
      if level == 1 || entry.has(.pageSize) {
        return leaf(&entry, level, rights, noExecute, table, slot, address, access, &contents)
      }
      if !entry.isAccessed {
        entry.set(.accessed)
        accessedSets &+= 1
        contents.setEntry(entry, table, slot)
      }
      table = entry.frame
      level &-= 1
      enterCached(
        class: level, query,
        UInt64(table.rawValue) &<< 12 | StoreEntry.valid | rights & 0b110 | noExecute)
    }
  }

  /// The slot of the deepest cached entry for a page; sets `level` to that of the table it names.
  @inline(__always)
  private mutating func findCached(_ query: UInt64, _ level: inout Int) -> Int {
    let page = query & ~PrefixStore.asidMask
    var index = 1
    while index < levels {
      let number = page &>> UInt64(truncatingIfNeeded: 9 &* index)
      let hash = PrefixStore.hash(number, class: index)
      if caches.store.mayHold(hash) {
        let predicted = caches.store.prediction(hash)
        let entry = caches.store.entry(predicted)
        var slot = predicted
        if !entry.isValid || !entry.matches(query) || PrefixStore.class(of: entry) != index {
          slot = caches.find(class: index, query)
          if slot >= 0 { caches.store.predict(hash, slot) }
        }
        if slot >= 0 {
          level = index
          return slot
        }
      }
      index &+= 1
    }
    return -1
  }

  @inline(__always)
  private mutating func enterCached(class index: Int, _ query: UInt64, _ word: UInt64) {
    caches.enter(class: index, query, word: word, global: false)
  }

  @inline(__always)
  mutating func leaf(
    _ entry: inout PageTableEntry, _ level: Int, _ rights: UInt64, _ noExecute: UInt64,
    _ table: FrameNumber, _ slot: Int, _ address: UInt64, _ access: Access,
    _ contents: inout FrameContents
  ) -> WalkResult {
    let pageClass = level &- 1
    let offsetMask = (4096 as UInt64) &<< UInt64(truncatingIfNeeded: 9 &* pageClass) &- 1
    var base = entry.rawValue & PageTableEntry.baseMask
    if level > 1 {
      base &= ~0x1000
      if level > 3 || (level == 3 && !hasGiganticPages) || base & offsetMask != 0 {
        return WalkResult([.protection, .reserved, FaultCode(access)])
      }
    }
    // Without branches on the kind of access, which follow no pattern.
    let writable = rights &>> 1 & 1
    let execute = (noExecute ^ 1) &<< 2
    let user = 0 &- (rights &>> 2 & 1)
    let permitted = 1 | writable &<< 1 | execute
    if (permitted &<< 3 | permitted & user) & access.rawValue == 0 {
      return WalkResult([.protection, FaultCode(access)])
    }
    let write = (access.rawValue &>> 1 | access.rawValue &>> 4) & 1
    let needed = EntryBits.accessed.rawValue | write &<< 6
    if entry.rawValue & needed != needed {
      if !entry.isAccessed { accessedSets &+= 1 }
      if access.isWrite && !entry.isDirty { dirtySets &+= 1 }
      entry = PageTableEntry(rawValue: entry.rawValue | needed)
      contents.setEntry(entry, table, slot)
    }
    let flags =
      Self.flags(entry, rights: rights, noExecute: noExecute)
      | UInt64(truncatingIfNeeded: pageClass) &<< 9
    return WalkResult(
      word: (base &- (address & ~offsetMask)) | flags, pageClass: pageClass,
      isGlobal: entry.has(.global))
  }
}
