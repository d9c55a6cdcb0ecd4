public import MemoryUnits

/// Aligned blocks in the free runs of a stretch of memory, of every order up to 1 GiB and above:
/// what no free list shows beyond the allocator's largest order.
public struct FreeRunCensus: Hashable, Sendable {
  /// `alignedBlocks[k]`: aligned blocks of 2^k frames that are entirely free, k = 0...18. A free
  /// block of a higher order counts in all lower ones: each figure is what could be had of this size
  /// alone.
  public let alignedBlocks: [UInt64]
  /// The unique cut of the free runs into largest aligned blocks up to the allocator's orders: what a
  /// buddy system with full coalescing has in its free lists.
  public let freeAreas: FreeAreas

  /// - Parameter states: one `FrameState` raw value per frame; free and held by a core count as free.
  /// - Parameter start: the number of the first frame; alignment is that of frame numbers.
  public init(states: Span<UInt8>, start: FrameNumber = FrameNumber(0)) {
    var aligned = [UInt64](repeating: 0, count: Order.gigantic.index + 1)
    var blocks = [UInt64](repeating: 0, count: Order.allocatorCount)
    var index = 0
    while index < states.count {
      guard Self.isFree(states[index]) else {
        index += 1
        continue
      }
      var end = index + 1
      while end < states.count, Self.isFree(states[end]) { end += 1 }
      Self.count(start.index + index, start.index + end, &aligned, &blocks)
      index = end
    }
    alignedBlocks = aligned
    freeAreas = FreeAreas(blocks: blocks)
  }

  public init(states: [UInt8], start: FrameNumber = FrameNumber(0)) {
    self.init(states: states.span, start: start)
  }

  static func isFree(_ state: UInt8) -> Bool {
    state == FrameState.free.rawValue || state == FrameState.heldByCore.rawValue
  }

  /// Adds the blocks of the free run start..<end.
  private static func count(
    _ start: Int, _ end: Int, _ aligned: inout [UInt64], _ blocks: inout [UInt64]
  ) {
    for order in aligned.indices {
      let first = (start + (1 << order) - 1) >> order
      let last = end >> order
      guard first < last else { break }
      aligned[order] += UInt64(last - first)
    }
    var frame = start
    while frame < end {
      var order = blocks.count - 1
      while frame & ((1 << order) - 1) != 0 || frame + 1 << order > end { order -= 1 }
      blocks[order] += 1
      frame += 1 << order
    }
  }
}
