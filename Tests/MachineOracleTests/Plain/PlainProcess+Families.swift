/// Linux's rmap of anonymous pages, as far as it decides which areas may merge.
extension PlainProcess {
  /// Puts `source`'s chain into `target`. A target without a family (the child in a fork) may get one
  /// of the chain whose areas are all gone.
  func clone(_ source: PlainArea, into target: inout PlainArea) {
    for family in source.chain {
      family.users += 1
      target.chain.append(family)
      if target.family == nil, source.family != nil, family.children < 2, family.active == 0 {
        target.family = family
      }
    }
    target.family?.active += 1
  }

  func unlink(_ area: inout PlainArea) {
    for family in area.chain {
      family.users -= 1
      if family.users == 0 { family.parent?.children -= 1 }
    }
    area.family?.active -= 1
    area.family = nil
    area.chain = []
  }

  /// An unwritten `target` that takes over pages of `source`.
  func inherit(_ target: Int, from source: PlainArea) {
    guard areas[target].family == nil, source.family != nil else { return }
    areas[target].family = source.family
    clone(source, into: &areas[target])
  }

  /// Before an area gets its first anonymous page: the family of a neighbour, the next one first, or a
  /// new one.
  func prepareFamily(_ index: Int) {
    guard areas[index].family == nil else { return }
    let family = reusableFamily(index) ?? PlainFamily(parent: nil)
    family.active += 1
    family.users += 1
    areas[index].family = family
    areas[index].chain = [family]
  }

  private func reusableFamily(_ index: Int) -> PlainFamily? {
    if index + 1 < areas.count, Self.continues(areas[index], areas[index + 1]),
      areas[index + 1].chain.count == 1
    {
      return areas[index + 1].family
    }
    if index > 0, Self.continues(areas[index - 1], areas[index]),
      areas[index - 1].chain.count == 1
    {
      return areas[index - 1].family
    }
    return nil
  }

  /// Whether two areas could become one by mprotect.
  private static func continues(_ lower: PlainArea, _ upper: PlainArea) -> Bool {
    lower.end == upper.start && lower.file === upper.file
      && lower.flags.symmetricDifference(upper.flags).isSubset(of: .access)
      && lower.offset(at: lower.end) == upper.offset
  }
}
