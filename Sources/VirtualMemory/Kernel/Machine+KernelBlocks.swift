public import MemoryUnits
internal import PageFrames

extension Machine {
  /// Takes a block for the kernel itself, as kmalloc and its like do, which neither moves nor is
  /// reclaimed until it is freed.
  ///
  /// - Parameter reclaimable: from a slab of objects that a shrinker could free (dentries, inodes):
  ///   Linux keeps such apart from other unmovable blocks. No shrinker comes here; the caller frees.
  ///
  /// Errors: ENOMEM.
  public mutating func allocateKernelBlock(
    _ order: Order = .base, reclaimable: Bool = false
  ) throws(Errno) -> FrameNumber {
    let owner = FrameOwner(state: reclaimable ? .slab : .unmovable)
    guard let block = allocateBlock(order, owner, reclaimable ? .reclaimable : .unmovable) else {
      throw .noMemory
    }
    kernelBlocks.insert(block, order)
    return block
  }

  /// Gives a block back. One that the kernel does not have ends the process.
  public mutating func freeKernelBlock(_ block: FrameNumber) {
    guard let order = kernelBlocks.remove(block) else {
      fatalError("free of a kernel block that is none: \(block.index)")
    }
    counters.pgfree &+= UInt64(order.frameCount)
    memory.free(block, order, core: currentCore)
  }
}
