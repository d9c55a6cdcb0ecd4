public import MemoryUnits

extension MMU {
  /// Writes cr3: another table root, another ASID (0...4095).
  ///
  /// - Parameter flush: drop what is cached for that ASID, global entries excepted (bit 63 of cr3 clear,
  ///   or a processor without PCIDs).
  public func load(root: FrameNumber, asid: UInt16 = 0, flush: Bool = true) {
    precondition(asid < 4096, "an ASID has 12 bits")
    unsafe state.pointee.walker.root = root
    unsafe state.pointee.walker.asid = UInt64(asid) << PrefixStore.asidShift
    if flush { invalidate(asid: asid) }
  }

  /// Drops the page of an address, under the current ASID and global ones, and all walk-cache entries of
  /// the current ASID (INVLPG).
  public func invalidate(_ address: UInt64) {
    let asid = unsafe state.pointee.walker.asid
    unsafe state.pointee.invalidate(address &>> 12 | asid, keepGlobal: false)
  }

  /// Drops the page of an address under an ASID, but not global entries, and all walk-cache entries of
  /// that ASID (INVPCID type 0).
  public func invalidate(_ address: UInt64, asid: UInt16) {
    let asid = UInt64(asid) << PrefixStore.asidShift
    unsafe state.pointee.invalidate(address &>> 12 | asid, keepGlobal: true)
  }

  /// Drops every page that overlaps addresses `start`..<`end`, under an ASID and global ones, and all
  /// walk-cache entries of that ASID: the effect of one INVLPG per page.
  public func invalidate(from start: UInt64, to end: UInt64, asid: UInt16) {
    guard start < end else { return }
    let pages = start >> 12..<(end - 1) >> 12 + 1
    unsafe state.pointee.invalidate(pages, asid: UInt64(asid) << PrefixStore.asidShift)
  }

  /// Drops everything of an ASID but global entries (INVPCID type 1).
  public func invalidate(asid: UInt16) {
    let asid = UInt64(asid) << PrefixStore.asidShift
    unsafe state.pointee.invalidateAll(asid, mask: PrefixStore.asidMask, keepGlobal: true)
  }

  /// Drops everything of every ASID, global entries too (INVPCID type 2).
  public func invalidateAll() {
    unsafe state.pointee.invalidateAll(0, mask: 0, keepGlobal: false)
  }

  /// Drops everything of every ASID but global entries (INVPCID type 3).
  public func invalidateAllButGlobal() {
    unsafe state.pointee.invalidateAll(0, mask: 0, keepGlobal: true)
  }
}

extension MMUState {
  mutating func invalidate(_ query: UInt64, keepGlobal: Bool) {
    data.removePages(query, keepGlobal: keepGlobal)
    instruction.removePages(query, keepGlobal: keepGlobal)
    second.removePages(query, keepGlobal: keepGlobal)
    secondInstruction.removePages(query, keepGlobal: keepGlobal)
    walker.caches.removeAll(query, mask: PrefixStore.asidMask, keepGlobal: false)
  }

  mutating func invalidate(_ pages: Range<UInt64>, asid: UInt64) {
    // A few pages are looked up one by one; for more, one pass over the stores is cheaper.
    if pages.count <= 32 {
      for page in pages { invalidate(page | asid, keepGlobal: false) }
      return
    }
    data.removeRange(pages, asid: asid)
    instruction.removeRange(pages, asid: asid)
    second.removeRange(pages, asid: asid)
    secondInstruction.removeRange(pages, asid: asid)
    walker.caches.removeAll(asid, mask: PrefixStore.asidMask, keepGlobal: false)
  }

  mutating func invalidateAll(_ key: UInt64, mask: UInt64, keepGlobal: Bool) {
    data.removeAll(key, mask: mask, keepGlobal: keepGlobal)
    instruction.removeAll(key, mask: mask, keepGlobal: keepGlobal)
    second.removeAll(key, mask: mask, keepGlobal: keepGlobal)
    secondInstruction.removeAll(key, mask: mask, keepGlobal: keepGlobal)
    walker.caches.removeAll(key, mask: mask, keepGlobal: false)
  }
}
