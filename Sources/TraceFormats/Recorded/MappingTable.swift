/// The anonymous mappings and reservations of a process: disjoint ranges of addresses, ascending.
///
/// Few (hundreds), so a sorted array; each change is answered with the pieces it made, for the caller
/// to turn into records.
struct MappingTable {
  struct Mapping: Hashable {
    var start: UInt64
    var end: UInt64
    /// Nil for a reservation: address space without access.
    var slot: UInt32?

    var size: UInt64 { end - start }
  }

  private(set) var mappings: [Mapping] = []

  /// What cutting a range out did to one mapping.
  struct Cut {
    var before: Mapping
    /// What is left below and above the range.
    var low: Mapping?
    var high: Mapping?
  }

  /// Inserts a mapping that overlaps no other.
  mutating func insert(_ mapping: Mapping) {
    if mapping.start == mapping.end { return }
    mappings.insert(mapping, at: firstIndex(endingAfter: mapping.start))
  }

  /// Removes the range from every mapping it meets. What is left above a hole in the middle has no
  /// slot yet: `slotForHigh` is asked for one.
  mutating func cut(
    from start: UInt64, to end: UInt64, slotForHigh: (Mapping) -> UInt32?
  ) -> [Cut] {
    var cuts = [Cut]()
    var index = firstIndex(endingAfter: start)
    while index < mappings.count, mappings[index].start < end {
      let before = mappings.remove(at: index)
      var cut = Cut(before: before, low: nil, high: nil)
      if before.start < start {
        let low = Mapping(start: before.start, end: start, slot: before.slot)
        cut.low = low
        mappings.insert(low, at: index)
        index += 1
      }
      if before.end > end {
        var high = Mapping(start: end, end: before.end, slot: before.slot)
        if cut.low != nil { high.slot = slotForHigh(high) }
        cut.high = high
        mappings.insert(high, at: index)
        index += 1
      }
      cuts.append(cut)
    }
    return cuts
  }

  /// The pieces of reservations within the range.
  func reserved(from start: UInt64, to end: UInt64) -> [Mapping] {
    mappings[firstIndex(endingAfter: start)...].prefix { $0.start < end }
      .filter { $0.slot == nil }
      .map { Mapping(start: max($0.start, start), end: min($0.end, end), slot: nil) }
  }

  /// Whether any mapping, reservations apart, meets the range.
  func isMapped(from start: UInt64, to end: UInt64) -> Bool {
    mappings[firstIndex(endingAfter: start)...].prefix { $0.start < end }
      .contains { $0.slot != nil }
  }

  /// The mapping that is exactly this range.
  func exact(from start: UInt64, to end: UInt64) -> Mapping? {
    let index = firstIndex(endingAfter: start)
    guard index < mappings.count, mappings[index].start == start, mappings[index].end == end
    else { return nil }
    return mappings[index]
  }

  private func firstIndex(endingAfter address: UInt64) -> Int {
    var low = 0
    var high = mappings.count
    while low < high {
      let middle = (low + high) / 2
      if mappings[middle].end > address { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
