/// Up to 64 areas in ascending order, disjoint: a leaf of `AreaMap`.
///
/// The ends of the areas lie in an array of their own, which is what a search reads: eight to a cache
/// line, where an area takes most of one.
struct AreaChunk: Sendable {
  private(set) var areas: ContiguousArray<Area>
  /// End of each area, in pages.
  private(set) var ends: ContiguousArray<Int>

  static let capacity = 64

  init(_ areas: some Sequence<Area>) {
    self.areas = ContiguousArray(areas)
    ends = ContiguousArray(self.areas.lazy.map(\.end))
  }

  var count: Int { ends.count }
  var isEmpty: Bool { ends.isEmpty }
  /// End of the last area; there is one.
  var end: Int { ends[ends.count - 1] }

  /// Index of the first area that ends behind `page`; that of the last one when none does.
  @inline(__always)
  func index(endingAfter page: Int) -> Int { ends.span.index(ofFirstAbove: page) }

  @inline(__always)
  func area(_ index: Int) -> Area { areas.span[index] }

  /// The area at an index if it has begun at `page`.
  @inline(__always)
  func area(_ index: Int, containing page: Int) -> Area? {
    areas.span[index].start <= page ? areas.span[index] : nil
  }

  mutating func insert(_ area: Area, at index: Int) {
    areas.insert(area, at: index)
    ends.insert(area.end, at: index)
  }

  mutating func remove(at index: Int) -> Area {
    ends.remove(at: index)
    return areas.remove(at: index)
  }

  mutating func replace(at index: Int, with area: Area) {
    areas[index] = area
    ends[index] = area.end
  }

  /// Takes the upper half out, which becomes a chunk of its own.
  mutating func splitInHalf() -> AreaChunk {
    let half = count / 2
    let upper = AreaChunk(areas[half...])
    areas.removeSubrange(half...)
    ends.removeSubrange(half...)
    return upper
  }

  /// Pages of the largest gap directly below an area, where `below` is the end of what comes before.
  func largestGap(after below: Int) -> Int {
    let areas = areas.span
    var below = below
    var largest = 0
    for index in 0..<areas.count {
      largest = max(largest, areas[index].start &- below)
      below = areas[index].end
    }
    return largest
  }
}

extension Span where Element == Int {
  /// Index of the first of ascending numbers that is above `value`; the last index when none is. There
  /// must be a number.
  @inline(__always)
  func index(ofFirstAbove value: Int) -> Int {
    // Without branches: which way a search goes cannot be predicted. A quarter at a time, then all that
    // remain: numbers that do not wait for each other are looked at in the time of one.
    let limit = value &+ 1
    var first = 0
    var length = count
    while length > 16 {
      let part = length &>> 2
      // Each comparison is -1 or 0, from the sign of a difference.
      let parts =
        (self[first &+ part &- 1] &- limit) &>> 63
        &+ (self[first &+ 2 &* part &- 1] &- limit) &>> 63
        &+ (self[first &+ 3 &* part &- 1] &- limit) &>> 63
      first &-= parts &* part
      // As many as the last part has; the others are followed by numbers above.
      length &-= 3 &* part
    }
    var index = first
    var other = first
    while other < first &+ length &- 1 {
      index &-= (self[other] &- limit) &>> 63
      other &+= 1
    }
    return index
  }
}
