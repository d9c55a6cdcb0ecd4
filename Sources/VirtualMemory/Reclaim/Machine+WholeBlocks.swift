internal import MemoryUnits
internal import PageFrames

/// vm.defrag_mode (Linux 6.15): a type takes whole pageblocks from another rather than parts, so that
/// the daemons keep some free, whatever order was asked for.
extension Machine {
  /// Whether the daemons have what they were woken for: a block of the order beside `mark` free frames;
  /// with defrag_mode beside as many as high, whatever the mark, all of them in whole pageblocks
  /// (pgdat_balanced, __compact_finished, __zone_watermark_ok).
  func isSupplied(_ order: Order, leaving mark: Int) -> Bool {
    guard keepsWholeBlocks else { return hasBlock(order, leaving: mark) }
    // NR_FREE_PAGES_BLOCKS
    let free = freeFrames(inBlocksOf: compaction.settings.pageblockOrder)
    return free - (order.frameCount - 1) > memory.zone.watermarks.high && hasFreeBlock(order)
  }

  /// The order for which a request wakes the daemons (wake_all_kswapds).
  func daemonOrder(_ order: Order) -> Order {
    keepsWholeBlocks ? max(order, compaction.settings.pageblockOrder) : order
  }
}
