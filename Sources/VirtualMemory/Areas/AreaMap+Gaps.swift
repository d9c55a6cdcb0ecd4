extension AreaMap {
  /// Where a search for free address space may look, in pages.
  struct GapRequest {
    var count: Int
    /// First page that may be used.
    var low: Int
    /// The first page behind those that may be used.
    var high: Int
    /// A power of two.
    var alignment = 1
    /// Pages kept free below an area that grows down (Linux's stack_guard_gap).
    var guardGap = 256
  }

  /// Start of the highest place, as Linux's top-down search finds it.
  func highestGap(_ request: GapRequest) -> Int? {
    let top = chunks.isEmpty ? 0 : ends[chunks.count - 1]
    if let start = Self.highest(request, from: top, to: .max) { return start }
    for chunk in stride(from: chunks.count - 1, through: 0, by: -1)
    where gaps[chunk] >= request.count {
      for index in stride(from: chunks[chunk].count - 1, through: 0, by: -1) {
        let area = chunks[chunk].areas[index]
        if let start = Self.highest(
          request, from: end(before: chunk, index), to: Self.usable(area, request))
        {
          return start
        }
      }
      if end(before: chunk, 0) <= request.low { return nil }
    }
    return nil
  }

  /// Start of the lowest place: Linux's search where the top-down one finds nothing.
  func lowestGap(_ request: GapRequest) -> Int? {
    for chunk in chunks.indices where gaps[chunk] >= request.count {
      for index in 0..<chunks[chunk].count {
        let area = chunks[chunk].areas[index]
        if let start = Self.lowest(
          request, from: end(before: chunk, index), to: Self.usable(area, request))
        {
          return start
        }
      }
    }
    return Self.lowest(request, from: chunks.isEmpty ? 0 : ends[chunks.count - 1], to: .max)
  }

  private func end(before chunk: Int, _ index: Int) -> Int {
    if index > 0 { return chunks[chunk].ends[index - 1] }
    return chunk == 0 ? 0 : ends[chunk - 1]
  }

  private static func usable(_ area: Area, _ request: GapRequest) -> Int {
    area.flags.contains(.growsDown) ? area.start - request.guardGap : area.start
  }

  private static func highest(_ request: GapRequest, from below: Int, to above: Int) -> Int? {
    let low = max(below, request.low)
    let high = min(above, request.high)
    guard high - low >= request.count else { return nil }
    let start = (high - request.count) & ~(request.alignment - 1)
    return start >= low ? start : nil
  }

  private static func lowest(_ request: GapRequest, from below: Int, to above: Int) -> Int? {
    let low = max(below, request.low)
    let start = (low + request.alignment - 1) & ~(request.alignment - 1)
    return min(above, request.high) - start >= request.count && start >= low ? start : nil
  }
}
