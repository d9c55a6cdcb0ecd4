/// A process of the plain model: areas in a sorted array, page-table entries in a dictionary.
///
/// Everything is searched from the beginning and copied whole. It is the slow and obvious statement of
/// what Linux 6.18 does, checked against the host, against which a machine can then be checked.
final class PlainProcess {
  unowned let world: PlainFiles
  var areas: [PlainArea] = []
  var entries: [Int: PlainEntry] = [:]
  /// First and current end of the heap, in bytes.
  var heapStart: UInt64 = 0
  var heapEnd: UInt64 = 0

  init(_ world: PlainFiles) { self.world = world }

  func index(containing page: Int) -> Int? {
    areas.firstIndex { $0.start <= page && page < $0.end }
  }

  /// The first area that ends above `page`.
  func index(from page: Int) -> Int? { areas.firstIndex { page < $0.end } }

  func isFree(_ range: Range<Int>) -> Bool {
    !areas.contains { $0.start < range.upperBound && range.lowerBound < $0.end }
  }

  func insert(_ area: PlainArea) {
    areas.insert(area, at: areas.firstIndex { area.start < $0.start } ?? areas.count)
  }

  /// Takes the area at `index` off the list; its pages are the caller's concern.
  func remove(at index: Int) {
    unlink(&areas[index])
    areas.remove(at: index)
  }

  func unmap(_ range: Range<Int>) {
    for page in entries.keys where range.contains(page) { entries[page] = nil }
    split(at: range.lowerBound)
    split(at: range.upperBound)
    while let index = areas.firstIndex(where: {
      range.lowerBound <= $0.start && $0.end <= range.upperBound
    }) {
      remove(at: index)
    }
  }

  /// Makes `page` the boundary of two areas when it lies within one.
  func split(at page: Int) {
    guard let index = index(containing: page), areas[index].start < page else { return }
    var upper = areas[index]
    upper.offset = upper.offset(at: page)
    upper.start = page
    upper.chain = []
    clone(areas[index], into: &upper)
    areas[index].end = page
    areas.insert(upper, at: index + 1)
  }
}

/// What the processes of a world share.
final class PlainFiles {
  let files: [PlainFile]

  init(_ sequence: OperationSequence) {
    files = (0..<OperationSequence.files).map {
      PlainFile(number: $0 + 1, bytes: sequence.fileBytes[$0])
    }
  }
}
