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
    var counter = AlignedBlockCounter(firstWord: start.index >> 6)
    // Words of 64 frames, aligned; frames before the first and behind the last are not free.
    var frame = -(start.index & 63)
    while frame < states.count {
      var word: UInt64 = 0
      for index in max(frame, 0)..<min(frame + 64, states.count) {
        let free: UInt64 = Self.isFree(states[index]) ? 1 : 0
        word |= free &<< UInt64(truncatingIfNeeded: index &- frame)
      }
      counter.add(word)
      frame += 64
    }
    alignedBlocks = counter.counts
    let maximum = Order.maximum.index
    freeAreas = FreeAreas(
      blocks: (0...maximum).map { order in
        // A largest block is one that lies in no free block of the next order.
        counter.counts[order] - (order < maximum ? 2 * counter.counts[order + 1] : 0)
      })
  }

  public init(states: [UInt8], start: FrameNumber = FrameNumber(0)) {
    self.init(states: states.span, start: start)
  }

  @inline(__always)
  static func isFree(_ state: UInt8) -> Bool {
    state == FrameState.free.rawValue || state == FrameState.heldByCore.rawValue
  }
}
