internal import MemoryUnits
internal import Translation

extension Machine {
  /// Whether the leaf around `page` can move as one to where its first page goes by a move of `old` to
  /// `target`: all of it moves, to an aligned place where no table is in the way (Linux:
  /// move_huge_pmd).
  func movesWhole(_ space: SpaceID, _ page: Int, _ old: PageRange, to target: Int) -> Bool {
    let block = Self.hugeRange(page)
    guard block.start >= old.start, block.end <= old.end, (target - old.start) & 511 == 0 else {
      return false
    }
    guard let place = directorySlot(space, target + block.start - old.start) else { return true }
    return contents.entry(place.table, place.slot).isNone
  }

  /// Makes the tables that the pages of `old` need at `target`; leaves that cannot move as a whole are
  /// split. False when there is no frame for one.
  mutating func makeTables(_ space: SpaceID, _ old: PageRange, at target: Int) -> Bool {
    pruneEmptiedTables()
    var before = -1
    // Reclaim for a table may have split a leaf that was passed already.
    while before != spaces[space].tablePages {
      before = spaces[space].tablePages
      var page = old.start
      while page < old.end {
        page = max(page, nextMappedPage(space, page, before: old.end))
        guard page < old.end else { break }
        let place = target + page - old.start
        if hugeSlot(space, page) != nil {
          if movesWhole(space, page, old, to: target) {
            guard makeDirectorySlot(space, place) != nil else { return false }
            page = Self.hugeRange(page).end
            continue
          }
          splitHugeLeaf(space, page)
        }
        guard makeLeafTable(space, place) != nil else { return false }
        // The next page that needs a table of its own, at the source or at the target.
        let sourceEnd = (page >> 9 + 1) << 9
        let targetEnd = (place >> 9 + 1) << 9 - target + old.start
        page = min(sourceEnd, targetEnd)
      }
    }
    return true
  }

  /// Gives back the empty tables that `makeTables` has made.
  mutating func dropTables(_ space: SpaceID, _ old: PageRange, at target: Int) {
    var page = old.start
    while page < old.end {
      page = max(page, nextMappedPage(space, page, before: old.end))
      guard page < old.end else { break }
      pruneTables(space, target + page - old.start)
      page = (page >> 9 + 1) << 9
    }
    pruneEmptyTables(space, PageRange(start: target, count: old.count))
  }

  /// Moves the leaf around `page`, if there is one; its tables must be there. Returns whether it did.
  mutating func moveHuge(
    _ page: Int, _ old: PageRange, to target: Int, _ gather: inout FlushGather
  ) -> Bool {
    let space = gather.space
    guard let source = hugeSlot(space, page) else { return false }
    guard movesWhole(space, page, old, to: target),
      let place = directorySlot(space, target + page - old.start)
    else {
      fatalError("machine: a huge leaf has no place to move to: \(page)")
    }
    let leaf = contents.entry(source.table, source.slot)
    setEntry(.none, at: source)
    setEntry(leaf, at: place)
    elapsed += costs.entry
    gather.add(page, through: page + Self.hugePages - 1)
    pruneTables(page, &gather)
    return true
  }
}
