public import MemoryUnits

/// The state of every frame of a range, one byte each: the input of frame maps and availability
/// scans.
public enum FrameStateScan {
  /// Fills `states` with the `FrameState` raw values of `range`: free as the allocator answers it, held
  /// by a core where the allocator marks such blocks, else what the owner wrote, reserved where nobody
  /// did; file cache that reclaim may drop without writing it is told apart by its flags. Frames outside
  /// the allocator's range are what their descriptor says. Free blocks cost one step each and no
  /// descriptor read.
  @inlinable
  public static func fill<Allocator: FrameAllocator & ~Copyable>(
    _ states: inout [UInt8], for range: FrameRange, _ frames: borrowing FrameTable,
    _ allocator: borrowing Allocator
  ) {
    if states.count != range.count {
      states = [UInt8](repeating: FrameState.reserved.rawValue, count: range.count)
    }
    let start = range.start.index
    let end = start + range.count
    var bytes = states.mutableSpan
    var frame = start
    while frame < end {
      let number = FrameNumber(frame)
      let order =
        frame == start
        ? allocator.freeBlock(containing: number) : allocator.freeBlock(startingAt: number)
      if let order {
        let next = min((frame >> order.index + 1) << order.index, end)
        while frame < next {
          bytes[frame - start] = FrameState.free.rawValue
          frame += 1
        }
        continue
      }
      let page = frames[number]
      if page.block.isHeld {
        let next = min(frame &+ 1 &<< page.block.order, end)
        while frame < next {
          bytes[frame - start] = FrameState.heldByCore.rawValue
          frame += 1
        }
      } else {
        bytes[frame - start] = state(page)
        frame += 1
      }
    }
  }

  /// What the owner wrote, with clean contents of files and user pages of 2 MiB told apart.
  @inlinable
  @inline(__always)
  static func state(_ page: PageDescriptor) -> UInt8 {
    let state = UInt8(truncatingIfNeeded: page.flags)
    if state == FrameState.fileCache.rawValue, page.flags &>> 8 & UInt32(keptFlags.rawValue) == 0 {
      return FrameState.cleanFile.rawValue
    }
    if page.folio >= Order.huge.rawValue, state == FrameState.movable.rawValue {
      return FrameState.hugePage.rawValue
    }
    return state
  }

  /// What keeps reclaim from dropping a page of a file as it is.
  @inlinable
  static var keptFlags: FrameFlags {
    [.dirty, .writeback, .swapBacked, .mlocked, .unevictable]
  }
}

extension PhysicalMemory where Allocator: ~Copyable {
  /// `FrameStateScan.fill` over this memory.
  @inlinable
  public func fillStates(_ states: inout [UInt8], for range: FrameRange) {
    FrameStateScan.fill(&states, for: range, frames, zone.allocator)
  }

  /// Calls `body` with the states of all frames, piece by piece, so that a large memory can be looked at
  /// without a copy of all: the raw values, and the number of the first frame. All pieces but the first
  /// begin at a multiple of 2^14 frames.
  @inlinable
  public func forEachStates(_ body: ([UInt8], FrameNumber) -> Void) {
    let size = 1 << 14
    var states: [UInt8] = []
    var start = range.start
    while start < range.end {
      let end = min((start.index / size + 1) * size, range.end.index)
      fillStates(&states, for: FrameRange(start: start, count: end - start.index))
      body(states, start)
      start = FrameNumber(end)
    }
  }

  /// The same as planes, several times faster where the allocator marks its blocks: `planes` gets pieces
  /// of 1024 frames, of every 128 four vectors of two words, bit i of word j of vector k being bit k of
  /// the raw value of frame 64 * j + i; `states` gets the ends of the range that make no such piece, or
  /// all.
  @inlinable
  public func forEachStates(
    planes body: (Span<SIMD2<UInt64>>, FrameNumber) -> Void, states: ([UInt8], FrameNumber) -> Void
  ) {
    guard zone.allocator.marksBlocks else { return forEachStates(states) }
    let size = FrameTable.framesOfPlanes
    var bytes: [UInt8] = []
    var planes = InlineArray<32, SIMD2<UInt64>>(repeating: .zero)
    var start = range.start.index
    while start < range.end.index {
      let next = min((start / size + 1) * size, range.end.index)
      let frame = FrameNumber(start)
      if next - start < size {
        fillStates(&bytes, for: FrameRange(start: frame, count: next - start))
        states(bytes, frame)
      } else {
        var words = planes.mutableSpan
        // Blocks that were never taken bear no marks.
        if zone.allocator.freeBlock(startingAt: frame) == .maximum {
          for unit in 0..<16 { FrameTable.set(.free, ~0, unit, &words) }
        } else {
          frames.readPlanes(start, into: &words)
        }
        body(planes.span, frame)
      }
      start = next
    }
  }
}
