extension FreeAreas {
  /// Unusable free space index of an order, in thousandths as `extfrag/unusable_index` in debugfs has
  /// it: the share of free memory that lies in blocks too small for the order.
  ///
  /// U(j) = (F - sum over i >= j of n_i 2^i) / F, with n_i free blocks of order i and F free frames in
  /// all; floor(1000 U). (Gorman and Whitcroft, Supporting the allocation of large contiguous regions
  /// of memory, OLS 2005; Linux `unusable_free_index`.) 0: every free frame serves; 1000: none does.
  ///
  /// - Parameter whenEmpty: the value for F = 0, where kernels differ: 1000 in current ones, 0 in some.
  public func unusableIndex(_ order: Int, whenEmpty: Int = 1000) -> Int {
    let free = freeFrames
    guard free > 0 else { return whenEmpty }
    return Int((free - framesInBlocks(atLeast: order)) * 1000 / free)
  }

  /// The same without rounding, in 0...1; nil when nothing is free.
  public func unusableShare(_ order: Int) -> Double? {
    let free = freeFrames
    guard free > 0 else { return nil }
    return Double(free - framesInBlocks(atLeast: order)) / Double(free)
  }

  /// Free frames in blocks of at least an order.
  public func framesInBlocks(atLeast order: Int) -> UInt64 {
    var sum: UInt64 = 0
    for larger in max(order, 0)..<max(order, 0, blocks.count) {
      sum += blocks[larger] << UInt64(larger)
    }
    return sum
  }
}
