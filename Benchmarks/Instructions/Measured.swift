import MemoryUnits
import PageFrames

/// First frames of blocks, without a bounds check in the measured loops.
typealias Blocks = UnsafeMutableBufferPointer<FrameNumber>

// The functions that callgrind counts by their names: each is specialised for the allocator and never
// inlined. Beside the allocator's own, an operation costs the three to five instructions of the loop.

@inline(never)
func measuredAllocate<Allocator: FrameAllocator & ~Copyable>(
  _ allocator: inout Allocator, _ order: Order, _ blocks: Blocks
) {
  var index = 0
  while index < blocks.count {
    guard let block = allocator.allocate(order, .movable, core: 0) else { break }
    unsafe blocks[index] = block
    index &+= 1
  }
}

@inline(never)
func measuredFree<Allocator: FrameAllocator & ~Copyable>(
  _ allocator: inout Allocator, _ order: Order, _ blocks: Blocks
) {
  var index = 0
  while index < blocks.count {
    unsafe allocator.free(blocks[index], order, core: 0)
    index &+= 1
  }
}

@inline(never)
func measuredRandomFree<Allocator: FrameAllocator & ~Copyable>(
  _ allocator: inout Allocator, _ order: Order, _ blocks: Blocks
) {
  // From the end, or the compiler finds that this is measuredFree.
  var index = blocks.count
  while index > 0 {
    index &-= 1
    unsafe allocator.free(blocks[index], order, core: 0)
  }
}

@inline(never)
func measuredPairs<Allocator: FrameAllocator & ~Copyable>(
  _ allocator: inout Allocator, _ order: Order, _ blocks: Blocks
) {
  var index = 0
  while index < blocks.count {
    guard let block = allocator.allocate(order, .movable, core: 0) else { break }
    allocator.free(block, order, core: 0)
    index &+= 1
  }
}
