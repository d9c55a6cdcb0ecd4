internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// Free frames beside a block that compaction needs to work with (Linux: compact_gap).
  static func compactionGap(_ order: Order) -> Int { 2 &<< order.index }

  /// PAGE_ALLOC_COSTLY_ORDER: above it an allocation would rather fail than reclaim a lot.
  static var costlyOrder: Order { Order(3) }

  /// COMPACTION_HPAGE_ORDER: what the fragmentation score is about.
  static var scoredOrder: Order { .huge }

  /// Whether a free block of at least `order` is there and `mark` frames stay free without it
  /// (zone_watermark_ok).
  func hasBlock(_ order: Order, leaving mark: Int) -> Bool {
    guard memory.freeFrames - order.frameCount >= mark else { return false }
    return hasFreeBlock(order)
  }

  func hasFreeBlock(_ order: Order) -> Bool {
    (order.index..<Order.allocatorCount).contains {
      memory.zone.allocator.freeBlockCount(Order($0)) > 0
    }
  }

  /// Free frames in blocks of at least an order.
  func freeFrames(inBlocksOf order: Order) -> Int {
    (order.index..<Order.allocatorCount).reduce(0) {
      $0 + memory.zone.allocator.freeBlockCount(Order($1)) << $1
    }
  }

  /// Whether compaction for an order has frames to move pages to, and memory is in pieces rather than
  /// short (compaction_suitable).
  func isCompactionSuitable(_ order: Order) -> Bool {
    guard hasCompactionGap(order, free: memory.freeFrames) else { return false }
    guard order > Self.costlyOrder else { return true }
    let index = Self.fragmentationIndex(order, memory.zone.allocator.freeBlocksByOrder())
    return index < 0 || index > compaction.settings.extfragThreshold
  }

  /// Whether so many free frames are more than the mark and the gap (__compaction_suitable): low for
  /// costly orders, min for others.
  func hasCompactionGap(_ order: Order, free: Int) -> Bool {
    let marks = memory.zone.watermarks
    return free > (order > Self.costlyOrder ? marks.low : marks.min) + Self.compactionGap(order)
  }

  /// Why an allocation of the order fails, in thousandths: towards 0 for want of memory, towards 1000
  /// because it is in pieces, -1000 when it does not fail (__fragmentation_index):
  /// 1000 - (1000 + F * 1000 / 2^order) / B with F free frames in B free blocks.
  static func fragmentationIndex(_ order: Order, _ blocks: [UInt64]) -> Int {
    var free = 0
    var count = 0
    for (index, number) in blocks.enumerated() {
      if index >= order.index, number > 0 { return -1000 }
      free += Int(number) << index
      count += Int(number)
    }
    guard count > 0 else { return 0 }
    return 1000 - (1000 + free * 1000 / order.frameCount) / count
  }

  /// Per cent of the zone's free frames that lie in no block of 2 MiB (fragmentation_score_zone).
  var zoneFragmentationScore: Int {
    let blocks = memory.zone.allocator.freeBlocksByOrder()
    var free = 0
    var suitable = 0
    for (order, count) in blocks.enumerated() {
      free += Int(count) << order
      if order >= Self.scoredOrder.index { suitable += Int(count) << order }
    }
    return free == 0 ? 0 : (free - suitable) * 100 / free
  }

  /// The same of the node: zones weighted by their size, whose sum stays below 100
  /// (fragmentation_score_node, with 1 added to the node's size).
  package var fragmentationScore: Int {
    let size = memory.range.count
    return size * zoneFragmentationScore / (size + 1)
  }

  /// Proactive compaction begins above the high mark and ends at the low one
  /// (fragmentation_score_wmark).
  var scoreMarks: (low: Int, high: Int) {
    let low = max(100 - compaction.settings.compactionProactiveness, 5)
    return (low, min(low + 10, 100))
  }
}
