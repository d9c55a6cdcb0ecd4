/// The mapped areas of an address space: disjoint page ranges in ascending order, with a gap of at
/// least one page between neighbours (areas that touch are one area, as Linux merges alike ones).
///
/// A list of sorted chunks of at most 128 areas each. Every chunk knows the largest gap that lies
/// directly below one of its areas, so that the search for free address space looks into one chunk
/// only. With n areas: finding is O(log n), a change O(128 + n / 64), a gap search O(n / 64 + 128).
@usableFromInline
struct AreaList: Sendable {
  @usableFromInline
  struct Chunk: Sendable {
    /// Never empty, except while the list is being changed.
    @usableFromInline var areas: ContiguousArray<PageRange>
    /// Pages of the largest gap below one of the areas, the first area's gap included.
    @usableFromInline var largestGap: Int

    init(areas: ContiguousArray<PageRange>) {
      self.areas = areas
      self.largestGap = 0
    }
  }

  /// All areas and gaps lie in here.
  @usableFromInline let bounds: PageRange
  @usableFromInline var chunks: ContiguousArray<Chunk> = []
  /// Pages in all areas.
  @usableFromInline var pageCount = 0

  static let chunkCapacity = 128

  @usableFromInline
  init(bounds: PageRange) { self.bounds = bounds }

  var areaCount: Int { chunks.reduce(0) { $0 + $1.areas.count } }

  func forEach(_ body: (PageRange) -> Void) {
    for chunk in chunks { for area in chunk.areas { body(area) } }
  }

  /// Index of the first chunk whose last area ends behind `page`; `chunks.count` when there is none.
  func chunkIndex(endingAfter page: Int) -> Int {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      let areas = chunks[middle].areas
      if areas[areas.count - 1].end > page { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Index of the first area of a chunk that ends behind `page`.
  static func areaIndex(_ areas: ContiguousArray<PageRange>, endingAfter page: Int) -> Int {
    var low = 0
    var high = areas.count
    while low < high {
      let middle = (low + high) / 2
      if areas[middle].end > page { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The area that holds the page, or nil.
  @usableFromInline
  func area(containing page: Int) -> PageRange? {
    let chunk = chunkIndex(endingAfter: page)
    guard chunk < chunks.count else { return nil }
    let areas = chunks[chunk].areas
    let area = areas[Self.areaIndex(areas, endingAfter: page)]
    return area.start <= page ? area : nil
  }

  /// Whether any page of the range is mapped.
  func overlaps(_ range: PageRange) -> Bool {
    guard !range.isEmpty else { return false }
    let chunk = chunkIndex(endingAfter: range.start)
    guard chunk < chunks.count else { return false }
    let areas = chunks[chunk].areas
    return areas[Self.areaIndex(areas, endingAfter: range.start)].start < range.end
  }

  /// Where the areas before chunk `index` end.
  func end(beforeChunk index: Int) -> Int {
    index == 0 ? bounds.start : chunks[index - 1].areas[chunks[index - 1].areas.count - 1].end
  }
}
