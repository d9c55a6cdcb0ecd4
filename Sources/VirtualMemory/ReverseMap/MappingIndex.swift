/// Which areas map which pages of one object: the way from a page to the entries that may map it.
///
/// Entries are sorted by the first page of the object that they map; `longest` bounds how far before
/// a page an area that maps it can begin.
struct MappingIndex: Sendable {
  struct Entry: Hashable, Sendable {
    /// First page of the object.
    var offset: Int
    var count: Int
    var space: SpaceID
    /// Where the area starts, in pages.
    var start: Int

    static func < (left: Entry, right: Entry) -> Bool {
      (left.offset, left.space.rawValue, left.start)
        < (right.offset, right.space.rawValue, right.start)
    }
  }

  private(set) var entries: ContiguousArray<Entry> = []
  /// No area is longer, in pages. Falls only when the last entry goes.
  private(set) var longest = 0

  var isEmpty: Bool { entries.isEmpty }

  mutating func insert(_ area: Area, _ space: SpaceID) {
    let entry = Entry(offset: area.offset, count: area.count, space: space, start: area.start)
    entries.insert(entry, at: place(of: entry))
    longest = max(longest, entry.count)
  }

  /// Takes out what `insert` put in.
  mutating func remove(_ area: Area, _ space: SpaceID) {
    let entry = Entry(offset: area.offset, count: area.count, space: space, start: area.start)
    let place = place(of: entry)
    guard place < entries.count, entries[place] == entry else {
      fatalError("an area is not in the reverse map: page \(area.start)")
    }
    entries.remove(at: place)
    if entries.isEmpty { longest = 0 }
  }

  /// The address spaces and virtual pages at which page `index` of the object may be mapped.
  func places(of index: Int) -> [(space: SpaceID, page: Int)] {
    var found: [(space: SpaceID, page: Int)] = []
    appendPlaces(of: index, to: &found)
    return found
  }

  /// The same into an array that is there.
  func appendPlaces(of index: Int, to found: inout [(space: SpaceID, page: Int)]) {
    var at = place(
      of: Entry(
        offset: index - longest + 1, count: 0, space: SpaceID(rawValue: 0), start: .min))
    while at < entries.count, entries[at].offset <= index {
      let entry = entries[at]
      if index < entry.offset + entry.count {
        found.append((entry.space, entry.start + index - entry.offset))
      }
      at += 1
    }
  }

  /// A piece of an area that may map some pages of the object in a row.
  struct Run {
    var space: SpaceID
    /// First virtual page.
    var page: Int
    /// The page of the object that it maps.
    var index: Int
    var count: Int
  }

  /// Where the pages `indices` of the object may be mapped.
  func runs(of indices: Range<Int>) -> [Run] {
    var found: [Run] = []
    var at = place(
      of: Entry(
        offset: indices.lowerBound - longest + 1, count: 0, space: SpaceID(rawValue: 0),
        start: .min))
    while at < entries.count, entries[at].offset < indices.upperBound {
      let entry = entries[at]
      let first = max(entry.offset, indices.lowerBound)
      let end = min(entry.offset + entry.count, indices.upperBound)
      if first < end {
        found.append(
          Run(
            space: entry.space, page: entry.start + first - entry.offset, index: first,
            count: end - first))
      }
      at += 1
    }
    return found
  }

  private func place(of entry: Entry) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle] < entry { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
