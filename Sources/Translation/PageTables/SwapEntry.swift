/// What a not-present word remembers of a page that was swapped out: where its contents are.
///
/// P is 0 and no other bit of the word has a meaning to the hardware. Bits 9...41 hold the slot plus
/// one, so that the word is never zero; bit 8 stays 0, which tells it from a PROT_NONE page.
@frozen
public struct SwapEntry: Hashable, Sendable {
  /// Page-sized slot of the swap area.
  public var slot: UInt32

  @inlinable
  public init(slot: UInt32) { self.slot = slot }

  /// Nil for an entry that maps a frame and for none.
  @inlinable
  public init?(_ entry: PageTableEntry) {
    guard !entry.mapsFrame, !entry.isNone else { return nil }
    slot = UInt32(truncatingIfNeeded: entry.rawValue &>> 9 &- 1)
  }

  @inlinable
  public var entry: PageTableEntry { PageTableEntry(rawValue: (UInt64(slot) &+ 1) &<< 9) }
}
