extension AreaList {
  /// Start of the highest place where `count` pages fit into a gap, aligned to `alignment` pages (a
  /// power of two); nil when there is none. Linux places mappings the same way, top down.
  func highestGap(count: Int, alignment: Int) -> Int? {
    let top = chunks.isEmpty ? bounds.start : end(beforeChunk: chunks.count)
    if let start = Self.place(count, alignment, from: top, to: bounds.end) { return start }
    for index in stride(from: chunks.count - 1, through: 0, by: -1)
    where chunks[index].largestGap >= count {
      let areas = chunks[index].areas
      for area in stride(from: areas.count - 1, through: 0, by: -1) {
        let below = area == 0 ? end(beforeChunk: index) : areas[area - 1].end
        if let start = Self.place(count, alignment, from: below, to: areas[area].start) {
          return start
        }
      }
    }
    return nil
  }

  /// The highest aligned start of `count` pages within `low ..< high`.
  private static func place(_ count: Int, _ alignment: Int, from low: Int, to high: Int) -> Int? {
    guard high - low >= count else { return nil }
    let start = (high - count) & ~(alignment - 1)
    return start >= low ? start : nil
  }

  /// Recomputes what a chunk knows about its gaps; to be called for every changed chunk and for the
  /// one behind it.
  mutating func updateGap(_ index: Int) {
    guard index < chunks.count else { return }
    var below = end(beforeChunk: index)
    var largest = 0
    for area in chunks[index].areas {
      largest = max(largest, area.start - below)
      below = area.end
    }
    chunks[index].largestGap = largest
  }
}
