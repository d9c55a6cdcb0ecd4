package import MemoryUnits
package import PageFrames

/// An allocator of PageFrames as a subject. Requests without a class are for movable frames.
package struct SharedAllocatorSubject<Allocator: SharedFrameAllocator & ~Copyable>:
  BenchmarkSubject, ~Copyable
{
  package let allocator: Allocator
  package let coreCount: Int
  package let metadataBytes: Int?
  private let counter: CountingSteps?

  package init(
    _ allocator: consuming Allocator, coreCount: Int, metadataBytes: Int?,
    counter: CountingSteps? = nil
  ) {
    self.allocator = allocator
    self.coreCount = coreCount
    self.metadataBytes = metadataBytes
    self.counter = counter
  }

  @inline(__always)
  package func allocate(_ order: Order, core: Int) -> FrameNumber? {
    allocator.allocate(order, .movable, core: core)
  }

  @inline(__always)
  package func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber? {
    allocator.allocate(order, frameClass, core: core)
  }

  @inline(__always)
  package func free(_ block: FrameNumber, _ order: Order, core: Int) {
    allocator.free(block, order, core: core)
  }

  package func address(of block: FrameNumber) -> UInt64 { UInt64(block.rawValue) << 12 }

  package var addresses: Range<UInt64>? {
    let start = UInt64(allocator.range.start.rawValue) << 12
    return start..<start + UInt64(allocator.range.bytes.rawValue)
  }

  package func settle() {
    for core in 0..<coreCount { allocator.drain(core: core) }
  }

  package var freeFrames: Int? { allocator.freeFrames }

  package var heldFrames: Int? { allocator.heldFrames }

  package var atomicCount: UInt64? { counter?.count }

  package func wholeOrder(_ order: Order) -> Order? { .maximum }
}
