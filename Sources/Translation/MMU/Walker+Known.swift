internal import MemoryUnits

extension Walker {
  /// `walk` for the common case: the entry of the page directory is cached where it was found last, A and,
  /// for a write, D are set in the leaf, and the access is allowed. A word of 0, and nothing has
  /// happened, for everything else. The caller counts it (`known`).
  @inline(__always)
  mutating func walkKnown(
    _ page: UInt64, _ query: UInt64, _ access: Access, _ contents: borrowing FrameContents
  ) -> (word: UInt64, mask: UInt64) {
    let slot = caches.store.prediction(PrefixStore.hash(page &>> 9, class: 1))
    let cached = caches.store.entry(slot)
    // Neither invalid, which has another mask, nor of a page that is not canonical.
    guard cached.mask == ~0 &<< 9, cached.key ^ query < 512 else { return (0, 0) }
    let table = FrameNumber(rawValue: UInt32(truncatingIfNeeded: cached.word &>> 12))
    let leaf = contents.entry(table, Int(truncatingIfNeeded: page) & 511).rawValue
    let flags = unsafe UInt64(
      leafFlags[Self.flagsIndex(leaf, rights: cached.word)])
    guard flags & access.rawValue != 0 else { return (0, 0) }
    if slot < caches.store.loggedSlots {
      caches.store.note(slot)
    } else {
      caches.store.use(way: slot &- directoryRow, row: directoryRow)
    }
    let difference = leaf & PageTableEntry.baseMask &- page &<< 12
    return (
      difference | flags, leaf & EntryBits.global.rawValue != 0 ? ~PrefixStore.asidMask : ~0
    )
  }

  /// Where `leafFlags` has the flags of a 4 KiB leaf: XD and bits 0...6 of it, and above them the three
  /// low bits of a walk-cache entry: R/W, U/S and, as bit 0, XD of the levels above.
  @inline(__always)
  private static func flagsIndex(_ leaf: UInt64, rights: UInt64) -> Int {
    Int(truncatingIfNeeded: (leaf &<< 1 | leaf &>> 63) & 255 | (rights & 7) &<< 8)
  }

  /// The low bits of a `PageWord` by `flagsIndex`; 0 for a leaf that lacks P or A.
  static func fillFlags(_ table: UnsafeMutablePointer<UInt16>) {
    for index in 0..<2048 {
      let low = UInt64(index)
      let leaf = PageTableEntry(rawValue: (low & 255) >> 1 | low << 63)
      let above = low >> 8
      let isUsable = leaf.has([.present, .accessed])
      let flags = Self.flags(leaf, rights: leaf.rawValue & above, noExecute: low | above)
      unsafe table[index] = isUsable ? UInt16(flags) : 0
    }
  }
}
