/// Places of objects in one long row of pages, as a heap has addresses: a place that was given back goes
/// to the next object of its size, in powers of two.
struct ChurnPlaces {
  /// Places from here on were never used.
  private(set) var end = 0
  /// Places given back, by the power of two of their pages; the last one goes first.
  private var free: [[Int]] = Array(repeating: [], count: 10)

  mutating func take(pages: Int) -> Int {
    let size = Self.size(pages)
    if let place = free[size].popLast() { return place }
    defer { end += 1 << size }
    return end
  }

  mutating func give(_ place: Int, pages: Int) { free[Self.size(pages)].append(place) }

  private static func size(_ pages: Int) -> Int {
    pages <= 1 ? 0 : Int.bitWidth - (pages - 1).leadingZeroBitCount
  }
}
