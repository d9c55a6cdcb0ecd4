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

  /// The folio that begins at `page` if 4 KiB leaves of one table map all of it, before page `end`, and
  /// nobody else maps it: advice does not split it (Linux: madvise_folio_pte_batch).
  func wholeSmallFolio(_ page: Int, _ place: EntrySlot, before end: Int) -> FrameNumber? {
    let entry = contents.entry(place.table, place.slot)
    guard entry.mapsFrame, entry.has(.folio) else { return nil }
    let head = entry.frame
    let count = memory.frames.folioFrames(of: head)
    guard head == memory.frames.head(of: head), page + count <= end, place.slot + count <= 512,
      memory.frames.leaves(of: head) == count
    else { return nil }
    for part in 1..<count {
      let next = contents.entry(place.table, place.slot + part)
      guard next.mapsFrame, next.has(.folio), next.frame == head.advanced(by: part) else {
        return nil
      }
    }
    return head
  }

  /// Clears bits of the 4 KiB leaves of a whole folio.
  mutating func clearBits(_ bits: EntryBits, _ place: EntrySlot, of head: FrameNumber) {
    for part in 0..<memory.frames.folioFrames(of: head) {
      var entry = contents.entry(place.table, place.slot + part)
      entry.clear(bits)
      contents.setEntry(entry, place.table, place.slot + part)
    }
  }

  /// Splits the folio of a 4 KiB leaf for advice about the page, if nobody else maps the page.
  mutating func splitPart(_ place: EntrySlot) {
    let entry = contents.entry(place.table, place.slot)
    guard entry.mapsFrame, entry.has(.folio), memory.frames.mappingsInAll(of: entry.frame) == 1
    else { return }
    _ = splitFolio(memory.frames.head(of: entry.frame))
  }
}
