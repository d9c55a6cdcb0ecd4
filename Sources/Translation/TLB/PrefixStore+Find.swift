extension PrefixStore {
  /// The slot of the class whose entry matches the query (page number and ASID); -1.
  @inline(__always)
  func find(class index: Int, _ query: UInt64) -> Int {
    let place = unsafe classes[index]
    let number = (query & ~Self.asidMask) &>> UInt64(truncatingIfNeeded: 9 &* index)
    if unsafe classes[index].valid == 0 || !store.mayHold(Self.hash(number, class: index)) {
      return -1
    }
    return store.find(
      row: place.row(number), lanes: place.lanes, tag: place.tag(number), query)
  }

  /// The slot of a page of any size that matches; -1.
  @inline(__always)
  func findPage(_ query: UInt64) -> Int {
    var index = 0
    while index < 3 {
      if unsafe classes[index].valid > 0 {
        let slot = find(class: index, query)
        if slot >= 0 { return slot }
      }
      index &+= 1
    }
    return -1
  }

  /// Enters what is known of the part of `class` around the query's page number, or of a smaller part
  /// where that class has no section; the least recently used entry of the row gives way. Returns the
  /// slot, or -1 when there is no section at all.
  ///
  /// No valid entry may match the query.
  @inline(__always)
  @discardableResult
  mutating func enter(class pageClass: Int, _ query: UInt64, word: UInt64, global: Bool) -> Int {
    let index = unsafe classes[pageClass].holder
    if index < 0 { return -1 }
    // Bits 9 and 10 of a page's word are its size in the tables.
    if index < Int(truncatingIfNeeded: word &>> 9 & 3) { hasParts = true }
    let place = unsafe classes[index]
    let shift = UInt64(truncatingIfNeeded: 9 &* index)
    let number = (query & ~Self.asidMask) &>> shift
    let slot = store.takeVictim(row: place.row(number))
    let old = store.entry(slot)
    if old.isValid { forget(old) }
    unsafe classes[index].valid &+= 1
    if index > 0 { largeCount &+= 1 }
    let low = ~UInt64(0) &<< shift
    store.enter(
      slot, tag: place.tag(number), hash: Self.hash(number, class: index),
      StoreEntry(key: query & low, mask: global ? low & ~Self.asidMask : low, word: word))
    return slot
  }

  /// An entry leaves the counts.
  @inline(__always)
  mutating func forget(_ entry: StoreEntry) {
    let index = Self.class(of: entry)
    unsafe classes[index].valid &-= 1
    if index > 0 { largeCount &-= 1 }
    let number = (entry.key & ~Self.asidMask) &>> UInt64(truncatingIfNeeded: 9 &* index)
    store.leave(hash: Self.hash(number, class: index))
  }

  /// The hash of a page number of a class: of class 0 the number itself.
  @inline(__always)
  static func hash(_ number: UInt64, class index: Int) -> UInt64 {
    number &+ UInt64(truncatingIfNeeded: index) &* 0x3d5
  }

  /// The class of an entry: its mask leaves out nine bits per class.
  @inline(__always)
  static func `class`(of entry: StoreEntry) -> Int {
    (entry.mask.trailingZeroBitCount &* 57) &>> 9
  }
}
