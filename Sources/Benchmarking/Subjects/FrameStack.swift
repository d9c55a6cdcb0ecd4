package import MemoryUnits

/// The floor: per core, a stack of the first frames of free blocks of one order. No splitting, no
/// coalescing, nothing shared between cores, no check of what is freed.
///
/// A core that frees more than it allocated keeps it; each stack can hold every block.
@safe
package struct FrameStack: BenchmarkSubject, ~Copyable, @unchecked Sendable {
  /// A core's stack, alone in its cache lines.
  @safe
  struct Core {
    // SAFETY: `capacity` numbers in `numbers`, of which the first `count` are initialised; a core is
    // used by one thread at a time.
    var top: UnsafeMutablePointer<UInt32>
    var count: Int
  }

  private let numbers: MappedArray<UInt32>
  // SAFETY: `coreCount` states, `stride` apart, until `deinit`.
  private let cores: UnsafeMutableRawPointer
  private let coreCount: Int
  private let blockCount: Int
  private let order: Order
  private static var stride: Int { 128 }

  /// Blocks 0..<frames / 2^order, dealt to the cores in equal runs, the lowest on top.
  package init(frames: Int, order: Order, coreCount: Int) {
    let blocks = frames >> order.index
    blockCount = blocks
    self.order = order
    self.coreCount = coreCount
    numbers = MappedArray(count: blocks * coreCount)
    unsafe cores = .allocate(byteCount: coreCount * Self.stride, alignment: Self.stride)
    for core in 0..<coreCount {
      let mine = Slice.of(blocks, core, coreCount)
      let base = unsafe numbers.start + core * blocks
      for index in 0..<mine.count {
        unsafe base[index] = UInt32((mine.upperBound - 1 - index) << order.index)
      }
      unsafe (cores + core * Self.stride).initializeMemory(
        as: Core.self, to: Core(top: base + mine.count, count: mine.count))
    }
  }

  deinit { unsafe cores.deallocate() }

  @inline(__always)
  private func state(_ core: Int) -> UnsafeMutablePointer<Core> {
    unsafe (cores + core &* Self.stride).assumingMemoryBound(to: Core.self)
  }

  @inline(__always)
  package func allocate(_ order: Order, core: Int) -> FrameNumber? {
    let state = unsafe state(core)
    if unsafe state.pointee.count == 0 { return nil }
    unsafe state.pointee.count &-= 1
    unsafe state.pointee.top -= 1
    return unsafe FrameNumber(rawValue: state.pointee.top.pointee)
  }

  @inline(__always)
  package func free(_ block: FrameNumber, _ order: Order, core: Int) {
    let state = unsafe state(core)
    unsafe state.pointee.top.pointee = block.rawValue
    unsafe state.pointee.top += 1
    unsafe state.pointee.count &+= 1
  }

  package func address(of block: FrameNumber) -> UInt64 { UInt64(block.rawValue) << 12 }

  package var addresses: Range<UInt64>? { 0..<UInt64(blockCount) << (12 + UInt64(order.rawValue)) }

  package var freeFrames: Int? {
    (0..<coreCount).reduce(0) { sum, core in unsafe sum + state(core).pointee.count }
      << order.index
  }

  package func wholeOrder(_ order: Order) -> Order? { order }

  /// A stack per core, each with room for every block.
  package var metadataBytes: Int? { numbers.bytes + coreCount * Self.stride }
}
