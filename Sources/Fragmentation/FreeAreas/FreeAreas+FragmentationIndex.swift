extension FreeAreas {
  /// Fragmentation index of an order, in thousandths as `extfrag/extfrag_index` in debugfs has it: why
  /// an allocation of the order would fail. Towards 0 for want of memory, towards 1000 because of
  /// fragmentation; -1000 when it would not fail at all.
  ///
  /// FI(j) = -1000 if a block of order >= j is free; 0 if nothing is free; else
  /// 1000 - (1000 + F * 1000 / 2^j) / B with F free frames in B free blocks, in integer divisions.
  /// (Gorman and Whitcroft, The what, the why and the where to of anti-fragmentation, OLS 2006; Linux
  /// `__fragmentation_index`.) Values between -1000 and 0 occur when B is small.
  public func fragmentationIndex(_ order: Int) -> Int {
    var total: UInt64 = 0
    for count in blocks { total += count }
    guard total > 0 else { return 0 }
    guard framesInBlocks(atLeast: order) == 0 else { return -1000 }
    return 1000 - Int((1000 + ((freeFrames * 1000) >> UInt64(order))) / total)
  }
}
