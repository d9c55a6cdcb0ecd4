public import MemoryUnits

extension FreeAreas {
  /// Blocks of an order that the free lists can hand out now, by splitting too: sum over i >= j of
  /// n_i 2^(i-j). For 2 MiB pages n_9 + 2 n_10. Nil for an order that the lists do not have: larger
  /// free blocks may exist, but only a scan over frame states finds them (`FreeRunCensus`).
  public func available(_ order: Order) -> UInt64? {
    guard order.index < blocks.count else { return nil }
    return framesInBlocks(atLeast: order.index) >> UInt64(order.rawValue)
  }

  /// Blocks of an order that the free frames would make if they lay together: F / 2^j.
  public func ideal(_ order: Order) -> UInt64 { freeFrames >> UInt64(order.rawValue) }

  /// Score of the LLFree authors: 100 * free 2 MiB blocks / (F >> 9). Nil when fewer than 512 frames
  /// are free.
  public var llfreeScore: Double? {
    guard let free = available(.huge), ideal(.huge) > 0 else { return nil }
    return 100 * Double(free) / Double(ideal(.huge))
  }
}
