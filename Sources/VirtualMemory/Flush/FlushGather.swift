internal import MemoryUnits
internal import Translation

/// Pages whose entries were taken away and whose frames may be used again only after every TLB has
/// forgotten them (Linux's mmu_gather).
struct FlushGather {
  let space: SpaceID
  /// The pages that must be flushed, from the first to behind the last; empty when none.
  var first = Int.max
  var end = 0
  /// Entries that were taken away; their mappings and references go after the flush.
  var entries: [PageTableEntry] = []
  /// The same of entries for single frames of folios, and of leaves for whole ones.
  var parts: [PageTableEntry] = []
  var folios: [PageTableEntry] = []
  /// Each holds one reference that is dropped after the flush.
  var frames: [FrameNumber] = []
  /// Detached page tables, which walk caches may still lead to.
  var tables: [FrameNumber] = []

  init(_ space: SpaceID) { self.space = space }

  /// Entries after which a gather is finished and goes on. A flush of everything passes over all TLBs,
  /// 10 us here: many pages share it, as in Linux.
  static var batch: Int { 8192 }

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
    if !gather.entries.isEmpty {
      release(gather.entries, gather.space)
      gather.entries.removeAll(keepingCapacity: true)
    }
    if !gather.parts.isEmpty { releaseParts(&gather) }
    if !gather.folios.isEmpty { releaseFolios(&gather) }
    for frame in gather.frames { dropReference(frame) }
    for table in gather.tables { freeTable(table) }
    gather.tables.removeAll(keepingCapacity: true)
    gather.frames.removeAll(keepingCapacity: true)
    gather.first = .max
    gather.end = 0
  }
}
