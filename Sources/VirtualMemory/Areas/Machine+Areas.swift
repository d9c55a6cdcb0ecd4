extension Machine {
  /// The area that contains `page`, first where the last one was found.
  mutating func findArea(_ space: SpaceID, _ page: Int) -> Area? {
    spaces[space].areaCache.lookups &+= 1
    if let recent = spaces[space].recent, recent.start <= page, page < recent.end {
      spaces[space].areaCache.hits &+= 1
      return recent
    }
    guard let area = spaces[space].areas.area(containing: page) else { return nil }
    spaces[space].recent = area
    return area
  }

  /// Adds an area that overlaps none, and enters it into the reverse map and the counts.
  mutating func insertArea(_ area: Area, _ space: SpaceID) {
    spaces[space].areas.insert(area)
    count(area, space, 1)
    if area.anonymous != nil { anonymous.enter(area, space) }
    if let file = area.file {
      files[file].mappings.insert(area, space)
      files[file].users += 1
    }
  }

  /// Takes an area out, and out of the reverse map and the counts. Its pages must have no entries, or
  /// another area must be inserted for them.
  mutating func removeArea(_ area: Area, _ space: SpaceID) {
    spaces[space].areas.remove(at: spaces[space].areas.position(endingAfter: area.start))
    spaces[space].recent = nil
    count(area, space, -1)
    if area.anonymous != nil { anonymous.leave(area, space) }
    if let file = area.file {
      files[file].mappings.remove(area, space)
      dropFile(file)
    }
  }

  private mutating func count(_ area: Area, _ space: SpaceID, _ sign: Int) {
    if area.flags.contains(.locked) { spaces[space].lockedPages += sign * area.count }
    if area.flags.contains(.account) {
      spaces[space].accountedPages += sign * area.count
      committedPages += sign * area.count
    }
  }

  /// Puts other areas in the place of one, for the same pages.
  mutating func replaceArea(_ area: Area, with parts: [Area], _ space: SpaceID) {
    replaceAreas([area], with: parts, space)
  }

  /// Puts other areas in the place of some that have one file or one anonymous object among them, for the
  /// same pages.
  private mutating func replaceAreas(_ areas: [Area], with parts: [Area], _ space: SpaceID) {
    // Backing and object must not go for want of users in between.
    let file = areas.first?.file
    if let file { retainFile(file) }
    let keeper = areas.lazy.compactMap(\.anonymous).first.map { anonymous.make(below: $0) }
    for area in areas { removeArea(area, space) }
    for part in parts { insertArea(part, space) }
    if let keeper { anonymous.forget(keeper) }
    if let file { dropFile(file) }
  }

  /// Cuts the area that contains `page` in two there, unless it begins there.
  mutating func splitArea(_ space: SpaceID, at page: Int) {
    guard let area = spaces[space].areas.area(containing: page), area.start < page else { return }
    splitHugeLeaf(space, before: page)
    let lower = area.clipped(to: PageRange(start: area.start, count: page - area.start))
    let upper = area.clipped(to: PageRange(start: page, count: area.end - page))
    replaceArea(area, with: [lower, upper], space)
  }

  /// Makes one area of the one that ends at `page` and the one that begins there, if they are alike.
  mutating func mergeAreas(_ space: SpaceID, at page: Int) {
    guard page > 0, let lower = spaces[space].areas.area(containing: page - 1),
      let upper = spaces[space].areas.area(containing: page),
      lower.canMerge(with: upper, anonymous)
    else { return }
    var merged = lower
    merged.end = upper.end
    merged.anonymous = lower.anonymous ?? upper.anonymous
    replaceAreas([lower, upper], with: [merged], space)
  }

  /// Changes the flags of the areas in `range`, which they cover from its first page on without a gap,
  /// by cutting at its ends and merging what is alike afterwards.
  mutating func changeAreas(
    _ space: SpaceID, _ range: PageRange, _ change: (inout AreaFlags) -> Void
  ) {
    for area in spaces[space].areas.areas(in: range) {
      var flags = area.flags
      change(&flags)
      guard flags != area.flags else { continue }
      splitArea(space, at: max(area.start, range.start))
      splitArea(space, at: min(area.end, range.end))
      let part = area.clipped(to: range)
      var changed = part
      changed.flags = flags
      replaceArea(part, with: [changed], space)
      mergeAreas(space, at: part.start)
      mergeAreas(space, at: part.end)
    }
  }
}
