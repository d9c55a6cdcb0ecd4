/// The lines of one cache: each set is a row of line numbers, most recently used first.
struct LineStore {
  /// Line number plus one; 0 for none. Row s begins at s * ways.
  private var lines: [UInt64]
  private let setMask: UInt64
  private let ways: Int
  private(set) var hits = 0
  private(set) var misses = 0

  init(_ geometry: CacheGeometry) {
    precondition(
      geometry.sets > 0 && geometry.sets & (geometry.sets - 1) == 0 && geometry.ways > 0,
      "a cache has a power of two of sets")
    lines = Array(repeating: 0, count: geometry.sets * geometry.ways)
    setMask = UInt64(geometry.sets - 1)
    ways = geometry.ways
  }

  /// Whether the line was there. It is the most recently used of its set afterwards.
  mutating func access(_ line: UInt64) -> Bool {
    let first = Int(truncatingIfNeeded: line & setMask) &* ways
    let wanted = line &+ 1
    var last = lines[first]
    if last == wanted {
      hits &+= 1
      return true
    }
    // Every line before the one that is found moves back by one; without it, the last falls out.
    lines[first] = wanted
    for place in first &+ 1..<first &+ ways {
      let line = lines[place]
      lines[place] = last
      if line == wanted {
        hits &+= 1
        return true
      }
      last = line
    }
    misses &+= 1
    return false
  }
}
