extension AreaList {
  /// Adds a range that overlaps no area, and merges it with the areas that it touches.
  @usableFromInline
  mutating func insert(_ range: PageRange) {
    guard !range.isEmpty else { return }
    pageCount += range.count
    guard !chunks.isEmpty else {
      chunks.append(Chunk(areas: [range]))
      updateGap(0)
      return
    }
    // `range.start - 1`: an area that ends where the range starts is found as well.
    let chunk = min(chunkIndex(endingAfter: range.start - 1), chunks.count - 1)
    var index = Self.areaIndex(chunks[chunk].areas, endingAfter: range.start - 1)
    let count = chunks[chunk].areas.count
    if index < count, chunks[chunk].areas[index].end == range.start {
      chunks[chunk].areas[index].count += range.count
    } else {
      chunks[chunk].areas.insert(range, at: index)
    }
    // The area behind may be the first one of the next chunk.
    let merged = chunks[chunk].areas[index]
    if index + 1 < chunks[chunk].areas.count {
      if chunks[chunk].areas[index + 1].start == merged.end {
        chunks[chunk].areas[index].count += chunks[chunk].areas[index + 1].count
        chunks[chunk].areas.remove(at: index + 1)
      }
    } else if chunk + 1 < chunks.count, chunks[chunk + 1].areas[0].start == merged.end {
      chunks[chunk + 1].areas[0] = PageRange(
        start: merged.start, count: merged.count + chunks[chunk + 1].areas[0].count)
      chunks[chunk].areas.remove(at: index)
      index = 0
    }
    settle(chunk, chunk)
  }

  /// Takes a range out; pages that belong to no area are legal. Returns how many pages were mapped.
  @discardableResult
  @usableFromInline
  mutating func remove(_ range: PageRange) -> Int {
    let before = pageCount
    guard !range.isEmpty else { return 0 }
    let first = chunkIndex(endingAfter: range.start)
    var chunk = first
    while chunk < chunks.count, chunks[chunk].areas[0].start < range.end {
      removeWithin(chunk, range)
      chunk += 1
    }
    if chunk > first { settle(first, chunk - 1) }
    return before - pageCount
  }

  private mutating func removeWithin(_ chunk: Int, _ range: PageRange) {
    let low = Self.areaIndex(chunks[chunk].areas, endingAfter: range.start)
    var high = low
    var rest = ContiguousArray<PageRange>()
    while high < chunks[chunk].areas.count, chunks[chunk].areas[high].start < range.end {
      let area = chunks[chunk].areas[high]
      if area.start < range.start {
        rest.append(PageRange(start: area.start, count: range.start - area.start))
      }
      if area.end > range.end {
        rest.append(PageRange(start: range.end, count: area.end - range.end))
      }
      pageCount -= min(area.end, range.end) - max(area.start, range.start)
      high += 1
    }
    chunks[chunk].areas.replaceSubrange(low..<high, with: rest)
  }

  /// Restores the invariants of chunks `first ... last` after a change: no empty chunk, none above
  /// capacity, gaps up to date.
  private mutating func settle(_ first: Int, _ last: Int) {
    for index in stride(from: last, through: first, by: -1) {
      let count = chunks[index].areas.count
      if count == 0 {
        chunks.remove(at: index)
      } else if count > Self.chunkCapacity {
        let upper = ContiguousArray(chunks[index].areas[(count / 2)...])
        chunks[index].areas.removeSubrange((count / 2)...)
        chunks.insert(Chunk(areas: upper), at: index + 1)
      }
    }
    // One chunk more for a split, one more for the gap below the next chunk's first area.
    for index in first...(last + 2) { updateGap(index) }
  }
}
