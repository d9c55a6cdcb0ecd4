internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Whether a leaf of 2 MiB lies in a range of advice with all of its pages and is all that maps its
  /// folio.
  func isAlone(_ pages: PageRange, _ place: EntrySlot) -> Bool {
    let leaf = contents.entry(place.table, place.slot)
    return pages.count == Self.hugePages && !leaf.has(.special) && leaf.mapsFrame
      && memory.frames.leaves(of: leaf.frame) == 1
  }

  /// Splits the folio of a leaf for advice about a part of it; false where others map it, too, or hold
  /// it, or where it is the page of zeros: such leaves are passed over.
  mutating func splitsForAdvice(_ place: EntrySlot) -> Bool {
    let leaf = contents.entry(place.table, place.slot)
    guard !leaf.has(.special), memory.frames.leaves(of: leaf.frame) == 1 else { return false }
    return splitFolio(leaf.frame) != nil
  }

  /// Splits the folio of a 4 KiB leaf for advice about the page, if nobody else maps the page.
  mutating func splitPart(_ place: EntrySlot) {
    let entry = contents.entry(place.table, place.slot)
    guard entry.mapsFrame, entry.has(.folio), memory.frames.mappingsInAll(of: entry.frame) == 1
    else { return }
    _ = splitFolio(memory.frames.head(of: entry.frame))
  }
}
