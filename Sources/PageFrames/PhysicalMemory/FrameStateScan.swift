public import MemoryUnits

/// The state of every frame of a range, one byte each: the input of frame maps and availability
/// scans.
public enum FrameStateScan {
  /// Fills `states` with the `FrameState` raw values of `range`: free as the allocator answers it,
  /// else what the owner wrote, reserved where nobody did. Frames outside the allocator's range are
  /// what their descriptor says. Free blocks cost one step each and no descriptor read.
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
      } else {
        bytes[frame - start] = frames.state(of: number).rawValue
        frame += 1
      }
    }
  }
}

extension PhysicalMemory where Allocator: ~Copyable {
  /// `FrameStateScan.fill` over this memory.
  @inlinable
  public func fillStates(_ states: inout [UInt8], for range: FrameRange) {
    FrameStateScan.fill(&states, for: range, frames, zone.allocator)
  }
}
