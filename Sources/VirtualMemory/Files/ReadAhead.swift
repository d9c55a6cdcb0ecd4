/// What a sequence of reads of one file looks like so far, and what to read next (Linux's
/// file_ra_state): windows that double while the reads go on, each with a marker page whose use starts
/// the next window before the last one is used up.
struct ReadAhead: Hashable, Sendable {
  /// The last window: first page, pages, and how many of them lie at and behind the marker.
  private(set) var start = 0
  private(set) var size = 0
  private(set) var markerSize = 0
  /// The page of the last read; -1 before the first.
  var previous = -1
  /// Faults that found nothing cached, less those that did.
  var misses = 0
  var advice: FileAdvice = .normal

  /// Pages of the largest window (read_ahead_kb = 128).
  static var basePages: Int { 32 }

  /// Faults in vain after which mappings are not read ahead any more.
  static var missLimit: Int { 100 }

  var maximum: Int { advice == .sequential ? 2 * Self.basePages : Self.basePages }

  /// Pages to read, before what is cached and what lies past the end are left out.
  struct Window: Hashable, Sendable {
    var start: Int
    var count: Int
    /// The marker is so many pages before the end; 0 for none.
    var markerSize: Int
  }

  /// The window for a page that is not cached and of which `request` pages are wanted.
  /// - Parameter before: pages cached directly before it, at most `maximum`.
  mutating func window(missing page: Int, request: Int, before: Int) -> Window {
    let request = max(request, 1)
    if advice == .random { return Window(start: page, count: request, markerSize: 0) }
    if page == 0 || request > maximum || page == previous || page == previous + 1 {
      start = page
      size = Self.first(request, maximum)
      markerSize = size > request ? size - request : size / 2
    } else if before <= request {
      // One small read somewhere: what is known of the stream stays.
      return Window(start: page, count: request, markerSize: 0)
    } else {
      let stream = before == page ? 2 * before : before
      start = page
      size = min(stream + request, maximum)
      markerSize = 1
    }
    return Window(start: start, count: size, markerSize: markerSize)
  }

  /// The window after the use of the marker at `page`; nil when there is nothing to read soon.
  /// - Parameter firstMissing: the first page behind it that is not cached, within `maximum`.
  mutating func window(marker page: Int, request: Int, firstMissing: Int?) -> Window? {
    if advice == .random { return nil }
    if page == start + size - markerSize {
      start += size
    } else {
      guard let missing = firstMissing else { return nil }
      start = missing
      size = missing - page + max(request, 1)
    }
    size = next
    markerSize = size
    return Window(start: start, count: size, markerSize: markerSize)
  }

  /// The window around a fault on a page that is not cached; nil when reading ahead has not helped.
  mutating func window(around page: Int) -> Window? {
    misses = min(misses + 1, 10 * Self.missLimit)
    guard misses <= Self.missLimit else { return nil }
    start = max(0, page - maximum / 2)
    size = maximum
    markerSize = maximum / 4
    return Window(start: start, count: size, markerSize: markerSize)
  }

  /// Size of a first window: 4 times a small request, 2 times a larger one, the maximum at most.
  static func first(_ request: Int, _ maximum: Int) -> Int {
    let rounded = 1 << (Int.bitWidth - (request - 1).leadingZeroBitCount)
    if rounded <= maximum / 32 { return rounded * 4 }
    if rounded <= maximum / 4 { return rounded * 2 }
    return maximum
  }

  /// Size of the window after this one.
  private var next: Int {
    if size < maximum / 16 { return 4 * size }
    return size <= maximum / 2 ? 2 * size : maximum
  }
}
