internal import MemoryUnits

/// Blocks that the kernel has for itself beside tables and stacks: slabs, network buffers, pages of
/// drivers. The simulation has no code that uses them; they are there because they do not move.
struct KernelBlocks: Sendable {
  private(set) var orders: [FrameNumber: Order] = [:]
  private(set) var frames = 0

  mutating func insert(_ block: FrameNumber, _ order: Order) {
    orders[block] = order
    frames += order.frameCount
  }

  /// The order of a block that is here no longer; nil when it was not.
  mutating func remove(_ block: FrameNumber) -> Order? {
    guard let order = orders.removeValue(forKey: block) else { return nil }
    frames -= order.frameCount
    return order
  }
}
