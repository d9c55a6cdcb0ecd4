import MemoryUnits

/// What one repetition of the superpage experiment left, by what was handed out and taken back: the
/// allocator is not asked.
public struct SuperpageRepetition: Codable, Hashable, Sendable {
  /// 2 MiB blocks without a live frame; what cores hold is free.
  public var freeBlocks = 0
  /// As many after perfect compaction: every movable page moved that lies in a 2 MiB block of movable
  /// pages alone, into others of these blocks. Blocks with the kernel's are left alone, as Linux's free
  /// scanner leaves pageblocks of other types.
  public var compactedBlocks = 0
  /// Superpageblocks that compaction by the same rule can empty, all together.
  public var superpageblocks = 0
  /// Superpageblocks with a block of the kernel.
  public var taintedSuperpageblocks = 0
  /// 2 MiB blocks with a block of the kernel, and how many its frames would fill.
  public var kernelBlocks = 0
  public var kernelIdeal = 0
  /// Requests that found nothing, of `requests`.
  public var refused = 0
  public var requests = 0
  /// Pages that were moved because the allocator asked for their frames (`growth`).
  public var moved = 0

  enum CodingKeys: String, CodingKey {
    case superpageblocks, refused, requests, moved
    case freeBlocks = "free_blocks"
    case compactedBlocks = "compacted_blocks"
    case taintedSuperpageblocks = "tainted_superpageblocks"
    case kernelBlocks = "kernel_blocks"
    case kernelIdeal = "kernel_ideal"
  }

  /// - Parameters:
  ///   - kernel: the kernel's frames in each 2 MiB.
  ///   - movable: movable frames in each 2 MiB.
  init(kernel: [Int], movable: [Int], superpageblockOrder: Int) {
    let size = Order.huge.frameCount
    var movableFrames = 0
    for (kernel, movable) in zip(kernel, movable) {
      if kernel > 0 { kernelBlocks += 1 }
      if kernel == 0, movable == 0 { freeBlocks += 1 }
      if kernel == 0 { movableFrames += movable }
    }
    kernelIdeal = (kernel.reduce(0, +) + size - 1) / size
    compactedBlocks = kernel.count - kernelBlocks - (movableFrames + size - 1) / size
    let blocks = max(1, 1 << superpageblockOrder / size)
    var clean: [Int] = []
    for start in stride(from: 0, to: kernel.count - blocks + 1, by: blocks) {
      if kernel[start..<start + blocks].allSatisfy({ $0 == 0 }) {
        clean.append(movable[start..<start + blocks].reduce(0, +))
      } else {
        taintedSuperpageblocks += 1
      }
    }
    // The emptiest first: what is in them has to find room outside of all that are emptied.
    var free = (kernel.count - kernelBlocks) * size - movableFrames
    var moving = 0
    for movable in clean.sorted() {
      free -= blocks * size - movable
      moving += movable
      guard moving <= free else { break }
      superpageblocks += 1
    }
  }
}
