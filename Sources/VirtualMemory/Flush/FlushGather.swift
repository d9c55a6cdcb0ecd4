internal import MemoryUnits

/// Pages whose entries were taken away and whose frames may be used again only after every TLB has
/// forgotten them (Linux's mmu_gather).
struct FlushGather {
  let space: SpaceID
  /// The pages that must be flushed, from the first to behind the last; empty when none.
  var first = Int.max
  var end = 0
  /// Each holds one reference that is dropped after the flush.
  var frames: [FrameNumber] = []
  /// Detached page tables, which walk caches may still lead to.
  var tables: [FrameNumber] = []

  init(_ space: SpaceID) { self.space = space }

  /// Frames after which a gather is finished and goes on.
  static var batch: Int { 512 }

  mutating func add(_ page: Int) { add(page, through: page) }

  mutating func add(_ page: Int, through last: Int) {
    first = min(first, page)
    end = max(end, last + 1)
  }
}

extension Machine {
  /// Flushes what was gathered from all TLBs that may hold it, then drops the frames.
  mutating func finish(_ gather: inout FlushGather) {
    if gather.first < gather.end || !gather.tables.isEmpty {
      let range = PageRange(
        start: min(gather.first, gather.end), count: max(gather.end - gather.first, 0))
      flush(gather.space, range, freesTables: !gather.tables.isEmpty)
    }
    dropReferences(gather.frames)
    for table in gather.tables { freeFrame(table) }
    gather.tables.removeAll(keepingCapacity: true)
    gather.frames.removeAll(keepingCapacity: true)
    gather.first = .max
    gather.end = 0
  }
}
