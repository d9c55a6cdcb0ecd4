extension PrefixStore {
  @inline(__always)
  mutating func remove(_ slot: Int) {
    forget(store.entry(slot))
    store.remove(slot)
  }

  /// Removes every page that matches the query, parts of it elsewhere included.
  mutating func removePages(_ query: UInt64, keepGlobal: Bool = false) {
    if hasParts {
      // Any part of the page may be anywhere: the whole store is looked at.
      removeAll(query, mask: ~0, keepGlobal: keepGlobal, wholePages: true)
      return
    }
    for index in 0..<3 where unsafe classes[index].valid > 0 {
      let place = unsafe classes[index]
      let row = place.row((query & ~Self.asidMask) >> UInt64(9 * index))
      for slot in row..<row + place.lanes {
        let entry = store.entry(slot)
        if entry.isValid && entry.matches(query) && !(keepGlobal && entry.isGlobal) {
          remove(slot)
        }
      }
    }
  }

  /// Removes every entry whose key equals `key` in the bits of `mask` that the entry itself
  /// distinguishes.
  ///
  /// - Parameter wholePages: a part of a larger page counts as the whole of it.
  mutating func removeAll(
    _ key: UInt64, mask: UInt64, keepGlobal: Bool, wholePages: Bool = false
  ) {
    if validCount == 0 { return }
    removeAll { entry in
      var own = entry.mask
      if wholePages { own &= ~0 << (9 * (entry.word >> 9 & 3)) }
      return !(keepGlobal && entry.isGlobal) && (entry.key ^ key) & mask & own == 0
    }
  }

  /// Removes the valid entries of which `isMeant` says so. The order of a row in which none is left
  /// need not be mended.
  @inline(__always)
  private mutating func removeAll(_ isMeant: (StoreEntry) -> Bool) {
    // Nearly all entries are of a second level, which has no hints, for pages of 4 KiB.
    let isPlain = store.hintMask == 0 && store.loggedSlots == 0
    var small = 0
    for section in store.sections {
      let isLogged = section.firstSlot < store.loggedSlots
      var row = section.firstSlot
      while row < section.firstSlot + section.slotCount {
        var (removed, kept) = (0, 0)
        for slot in row..<row + section.ways {
          let entry = store.entry(slot)
          guard entry.isValid else { continue }
          guard isMeant(entry) else {
            kept &+= 1
            continue
          }
          removed &+= 1
          if isPlain && entry.mask & 1 != 0 {
            small &+= 1
            store.clearWord(slot)
          } else {
            forget(entry)
            store.clear(slot)
            if isLogged { store.sink(slot) }
          }
        }
        if removed > 0 && kept > 0 && !isLogged {
          for slot in row..<row + section.ways where !store.entry(slot).isValid {
            store.sink(slot)
          }
        }
        row += section.lanes
      }
    }
    unsafe classes[0].valid &-= small
  }

  /// Removes every entry, of the ASID of `query` or global, that overlaps a range of virtual pages.
  mutating func removeRange(_ pages: Range<UInt64>, asid: UInt64) {
    if validCount == 0 { return }
    let hasParts = hasParts
    removeAll { entry in
      guard (entry.key ^ asid) & entry.mask & Self.asidMask == 0 else { return false }
      var low = entry.mask | Self.asidMask
      // A part of a larger page: the whole page is meant.
      low &= ~0 << (9 * max(UInt64(Self.class(of: entry)), hasParts ? entry.word >> 9 & 3 : 0))
      let first = entry.key & low & ~Self.asidMask
      return first < pages.upperBound && first &+ (~low & ~Self.asidMask) >= pages.lowerBound
    }
  }
}

extension StoreEntry {
  /// Whether the entry matches under every ASID.
  var isGlobal: Bool { mask & PrefixStore.asidMask == 0 }
}
