public import MemoryUnits

/// A frame allocator that real threads share: the operations again, without exclusive access.
///
/// A core id is used by one thread at a time, and is below the number of cores that the allocator was
/// made for; any thread may drain any core. Queries (`freeFrames`, `forEachFreeBlock`, ...) and
/// `validate()` are exact when no operation is under way, and approximate beside running ones unless
/// the allocator says more.
///
/// Exhaustion is exact: a call that overlaps no other fails only when no suitable block is free
/// anywhere, what cores hold included.
public protocol SharedFrameAllocator: FrameAllocator, ~Copyable, Sendable {
  func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber?

  func free(_ frame: FrameNumber, _ order: Order, core: Int)

  func claim(_ frames: FrameRange) -> Bool

  func release(_ frames: FrameRange)

  func drain(core: Int)
}
