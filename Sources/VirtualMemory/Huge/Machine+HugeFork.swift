internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// fork of a leaf of 2 MiB (Linux: copy_huge_pmd): both sides have the folio, neither may write.
  ///
  /// Errors: ENOMEM.
  mutating func copyHuge(
    _ area: Area, _ page: Int, _ place: EntrySlot, _ new: SpaceID, _ gather: inout FlushGather
  ) throws(Errno) {
    guard let deposit = makeDeposit(new) else { throw .noMemory }
    guard let target = makeDirectorySlot(new, page) else {
      dropDeposit(new, deposit)
      throw .noMemory
    }
    // Reclaim for the tables may have split the leaf.
    guard hugeSlot(gather.space, page) != nil else {
      dropDeposit(new, deposit)
      pruneTables(new, page)
      return try copySmall(area, page, new, &gather)
    }
    var leaf = contents.entry(place.table, place.slot)
    if leaf.isWritable {
      leaf.clear(.writable)
      contents.setEntry(leaf, place.table, place.slot)
      let range = Self.hugeRange(page)
      gather.add(range.start, through: range.end - 1)
    }
    if leaf.has(.special) {
      if !spaces[new].usesHugeZero {
        spaces[new].usesHugeZero = true
        huge.zeroUsers += 1
      }
    } else {
      memory.frames.clear(.anonExclusive, of: leaf.frame)
      memory.frames.mapWhole(leaf.frame)
      memory.frames.addReferences(1, to: leaf.frame)
      spaces[new].resident.anonymous += Self.hugePages
    }
    leaf.clear(.accessed)
    enterHuge(leaf, new, page, target, deposit: deposit)
  }
}
