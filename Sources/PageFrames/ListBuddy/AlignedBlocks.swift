public import MemoryUnits

/// The unique cut of a run of frames into the largest aligned blocks of orders 0...10.
@usableFromInline
enum AlignedBlocks {
  /// The order of the block that begins the cut of start..<end, which is not empty.
  @inlinable
  static func order(startingAt start: Int, notAbove end: Int) -> Int {
    let alignment = start == 0 ? Order.maximum.index : start.trailingZeroBitCount
    let fit = Int.bitWidth &- 1 &- (end &- start).leadingZeroBitCount
    return min(alignment, fit, Order.maximum.index)
  }

  /// The order of the block that ends the cut of start..<end, which is not empty.
  @inlinable
  static func order(endingAt end: Int, notBelow start: Int) -> Int {
    let fit = Int.bitWidth &- 1 &- (end &- start).leadingZeroBitCount
    return min(end.trailingZeroBitCount, fit, Order.maximum.index)
  }
}
