import MemoryUnits

extension ListBuddy {
  /// Lists frames that are in no block as free blocks, the largest that fit; frames outside `fresh`.
  mutating func list(_ frames: Range<Int>) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    var end = frames.upperBound
    while end > frames.lowerBound {
      let fit = Int.bitWidth - 1 - (end - frames.lowerBound).leadingZeroBitCount
      let order = min(end.trailingZeroBitCount, fit, Order.maximum.index)
      end -= 1 << order
      insert(end, order, &pages)
    }
  }

  /// Lists the lowest fresh block, when the lists have nothing large enough; false when none is left.
  @inline(never)
  @usableFromInline
  mutating func listFreshBlock() -> Bool {
    guard !fresh.isEmpty else { return false }
    listFresh(below: fresh.lowerBound + Order.maximum.frameCount)
    return true
  }

  /// Lists all fresh blocks below a frame and the one that contains the frame before it.
  mutating func listFresh(below frame: Int) {
    let size = Order.maximum.frameCount
    let end = min((frame + size - 1) & -size, fresh.upperBound)
    guard end > fresh.lowerBound else { return }
    list(fresh.lowerBound..<end)
    fresh = end..<fresh.upperBound
  }
}
