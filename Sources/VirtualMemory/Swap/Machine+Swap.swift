internal import MemoryUnits
internal import Translation

extension Machine {
  /// A page that is in swap is accessed.
  mutating func faultSwap(
    _ space: SpaceID, _ area: Area, _ page: Int, _ place: EntrySlot, _ swap: SwapEntry,
    _ access: AccessKind
  ) -> PageOutcome { .outOfMemory }

  /// One entry less refers to a slot.
  mutating func dropSwap(_ swap: SwapEntry) {}

  /// One entry more refers to a slot.
  mutating func shareSwap(_ swap: SwapEntry) {}

  /// MADV_COLD and MADV_PAGEOUT.
  mutating func makeCold(
    _ space: SpaceID, _ area: Area, _ range: PageRange, pageOut: Bool
  ) throws(Errno) {}

  /// MADV_WILLNEED.
  mutating func prefetch(_ space: SpaceID, _ area: Area, _ range: PageRange) {}
}
