/// When neighbours become one area: only in the course of an operation, at the edges of its range.
extension PlainProcess {
  /// The family of a range that is about to join `target`.
  private struct Newcomer {
    var family: PlainFamily?
    /// The area it was part of, or a copy of.
    var origin: PlainArea?
  }

  private func agree(_ target: PlainArea, _ newcomer: Newcomer) -> Bool {
    if target.family == nil, newcomer.family != nil { return newcomer.origin?.isForked != true }
    if target.family != nil, newcomer.family == nil { return !target.isForked }
    return target.family === newcomer.family
  }

  private func fits(_ range: PlainArea, behind lower: Int, _ newcomer: Newcomer) -> Bool {
    let area = areas[lower]
    return area.end == range.start && area.flags == range.flags && area.file === range.file
      && area.offset(at: area.end) == range.offset && agree(area, newcomer)
  }

  private func fits(_ range: PlainArea, before upper: Int, _ newcomer: Newcomer) -> Bool {
    let area = areas[upper]
    return range.end == area.start && area.flags == range.flags && area.file === range.file
      && range.offset(at: range.end) == area.offset && agree(area, newcomer)
  }

  private func haveNoQuarrel(_ lower: Int, _ upper: Int) -> Bool {
    let (first, second) = (areas[lower].family, areas[upper].family)
    return first == nil || second == nil || first === second
  }

  /// Joins a range that holds no area yet to its neighbours, or makes it an area.
  ///
  /// - Parameter origin: the area that a move copies it from.
  /// - Parameter joins: whether it may join neighbours.
  func add(_ range: PlainArea, copiedFrom origin: PlainArea? = nil, joins: Bool = true) {
    if joins, join(range, Newcomer(family: origin?.family, origin: origin)) { return }
    var area = range
    if let origin {
      area.family = origin.family
      clone(origin, into: &area)
    }
    insert(area)
  }

  /// Lengthens an area into free space, and over the next area if that fits.
  func extend(_ index: Int, to end: Int) {
    var range = areas[index]
    range.offset = range.offset(at: range.end)
    (range.start, range.end) = (range.end, end)
    _ = join(range, Newcomer(family: areas[index].family, origin: nil))
  }

  private func join(_ range: PlainArea, _ newcomer: Newcomer) -> Bool {
    let upper = areas.firstIndex { range.start < $0.start }
    let lower = (upper ?? areas.count) - 1
    let left = lower >= 0 && fits(range, behind: lower, newcomer)
    var right = upper.map { fits(range, before: $0, newcomer) } ?? false
    if left, right { right = haveNoQuarrel(lower, lower + 1) }
    switch (left, right) {
    case (true, true):
      areas[lower].end = areas[lower + 1].end
      inherit(lower, from: areas[lower + 1])
      if let origin = newcomer.origin { inherit(lower, from: origin) }
      remove(at: lower + 1)
    case (true, false):
      areas[lower].end = range.end
      if let origin = newcomer.origin { inherit(lower, from: origin) }
    case (false, true):
      areas[lower + 1].start = range.start
      areas[lower + 1].offset = range.offset
      if let origin = newcomer.origin { inherit(lower + 1, from: origin) }
    case (false, false): return false
    }
    return true
  }

  /// Gives the part `range` of an area other flags: it joins its neighbours or is split off. Nothing
  /// happens when it has these flags.
  func change(_ index: Int, _ range: Range<Int>, to flags: AreaFlags) {
    guard areas[index].flags != flags else { return }
    let area = areas[index]
    var part = area
    part.offset = area.offset(at: range.lowerBound)
    (part.start, part.end, part.flags) = (range.lowerBound, range.upperBound, flags)
    let newcomer = Newcomer(family: area.family, origin: area)
    let left = area.start == part.start && index > 0 && fits(part, behind: index - 1, newcomer)
    var right =
      area.end == part.end && index + 1 < areas.count && fits(part, before: index + 1, newcomer)
    if left, right { right = haveNoQuarrel(index - 1, index + 1) }
    switch (left, right) {
    case (true, true):
      areas[index - 1].end = areas[index + 1].end
      inherit(index - 1, from: areas[index + 1].family != nil ? areas[index + 1] : area)
      remove(at: index + 1)
      remove(at: index)
    case (true, false):
      areas[index - 1].end = part.end
      inherit(index - 1, from: area)
      if area.end == part.end {
        remove(at: index)
      } else {
        areas[index].offset = area.offset(at: part.end)
        areas[index].start = part.end
      }
    case (false, true):
      areas[index + 1].start = part.start
      areas[index + 1].offset = part.offset
      inherit(index + 1, from: area)
      if area.start == part.start { remove(at: index) } else { areas[index].end = part.start }
    case (false, false):
      split(at: part.start)
      split(at: part.end)
      if let part = self.index(containing: part.start) { areas[part].flags = flags }
    }
  }
}
