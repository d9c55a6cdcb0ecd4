/// The areas of one address space in ascending order, disjoint.
///
/// A B+ tree of two levels: chunks of at most 64 areas, and above them the end of each chunk's last
/// area and the largest gap directly below one of its areas. Finding looks at ends alone, 3 log4(n) and
/// some more; a change moves at most 64 areas and n / 32 words; the search for free address space looks
/// into one chunk.
struct AreaMap: Sendable {
  /// Names an area until the next change; behind the last one it is `endPosition`.
  struct Position: Hashable, Sendable {
    var chunk: Int
    var index: Int
  }

  /// No chunk is empty.
  private(set) var chunks: ContiguousArray<AreaChunk> = []
  /// End of the last area of each chunk, in pages.
  private(set) var ends: ContiguousArray<Int> = []
  /// Pages of the largest gap directly below an area of each chunk; the chunk before bounds that of the
  /// first one, and page 0 that of the first chunk.
  private(set) var gaps: ContiguousArray<Int> = []
  private(set) var count = 0
  /// Pages of all areas.
  private(set) var pageCount = 0

  var isEmpty: Bool { count == 0 }

  var endPosition: Position { Position(chunk: chunks.count, index: 0) }

  /// The first area that ends behind `page`: the one that contains it, or else the next one.
  @inline(__always)
  func position(endingAfter page: Int) -> Position {
    guard let last = ends.last, last > page else { return endPosition }
    let chunk = ends.span.index(ofFirstAbove: page)
    return Position(chunk: chunk, index: chunks.span[chunk].index(endingAfter: page))
  }

  /// The area at a position; nil at the end.
  subscript(position: Position) -> Area? {
    position.chunk < chunks.count ? chunks.span[position.chunk].area(position.index) : nil
  }

  /// The area that contains the page.
  @inline(__always)
  func area(containing page: Int) -> Area? {
    let position = position(endingAfter: page)
    guard position.chunk < chunks.count else { return nil }
    return chunks.span[position.chunk].area(position.index, containing: page)
  }

  func position(after position: Position) -> Position {
    if position.index + 1 < chunks[position.chunk].count {
      return Position(chunk: position.chunk, index: position.index + 1)
    }
    return Position(chunk: position.chunk + 1, index: 0)
  }

  /// Nil before the first.
  func position(before position: Position) -> Position? {
    if position.index > 0 { return Position(chunk: position.chunk, index: position.index - 1) }
    guard position.chunk > 0 else { return nil }
    return Position(chunk: position.chunk - 1, index: chunks[position.chunk - 1].count - 1)
  }

  /// The last area that ends at or before `page`.
  func area(before page: Int) -> Area? {
    var position = position(endingAfter: page)
    if let area = self[position], area.start < page { return area }
    guard let before = self.position(before: position) else { return nil }
    position = before
    return self[position]
  }

  func overlaps(_ range: PageRange) -> Bool {
    guard !range.isEmpty, let area = self[position(endingAfter: range.start)] else { return false }
    return area.start < range.end
  }

  func forEach(_ body: (Area) -> Void) {
    for chunk in chunks { for area in chunk.areas { body(area) } }
  }

  /// All areas that overlap the range, in ascending order.
  func areas(in range: PageRange) -> [Area] {
    var found: [Area] = []
    var position = position(endingAfter: range.start)
    while let area = self[position], area.start < range.end {
      found.append(area)
      position = self.position(after: position)
    }
    return found
  }
}

// MARK: Changes

extension AreaMap {
  /// Adds an area that overlaps none.
  mutating func insert(_ area: Area) {
    count += 1
    pageCount += area.count
    guard !chunks.isEmpty else {
      chunks.append(AreaChunk(CollectionOfOne(area)))
      ends.append(area.end)
      gaps.append(area.start)
      return
    }
    var place = position(endingAfter: area.start)
    if place.chunk == chunks.count {
      place = Position(chunk: chunks.count - 1, index: chunks[chunks.count - 1].count)
    }
    chunks[place.chunk].insert(area, at: place.index)
    if chunks[place.chunk].count > AreaChunk.capacity {
      chunks.insert(chunks[place.chunk].splitInHalf(), at: place.chunk + 1)
      ends.insert(ends[place.chunk], at: place.chunk + 1)
      gaps.insert(0, at: place.chunk + 1)
      update(place.chunk)
      update(place.chunk + 1)
    } else {
      update(place.chunk)
    }
  }

  /// Takes the area at a position out.
  mutating func remove(at position: Position) {
    let area = chunks[position.chunk].remove(at: position.index)
    count -= 1
    pageCount -= area.count
    if chunks[position.chunk].isEmpty {
      chunks.remove(at: position.chunk)
      ends.remove(at: position.chunk)
      gaps.remove(at: position.chunk)
      updateGap(position.chunk)
    } else {
      update(position.chunk)
    }
  }

  /// Changes the area at a position without changing its order among the others.
  mutating func replace(at position: Position, with area: Area) {
    pageCount += area.count - chunks[position.chunk].areas[position.index].count
    chunks[position.chunk].replace(at: position.index, with: area)
    update(position.chunk)
  }

  /// Recomputes what is known of a chunk, and of the next one where this one's end has moved.
  private mutating func update(_ chunk: Int) {
    updateGap(chunk)
    let end = chunks[chunk].end
    guard end != ends[chunk] else { return }
    ends[chunk] = end
    updateGap(chunk + 1)
  }

  private mutating func updateGap(_ chunk: Int) {
    guard chunk < chunks.count else { return }
    gaps[chunk] = chunks.span[chunk].largestGap(after: chunk == 0 ? 0 : ends[chunk - 1])
  }
}
