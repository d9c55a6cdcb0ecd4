public import MemoryUnits
public import PageFrames

/// Any frame allocator behind one type, so that the machine is compiled once for all of them: a
/// virtual call per block (1-2 ns) beside a fault of a hundred and more.
public struct AnyFrameAllocator: FrameAllocator, ~Copyable {
  private let box: AllocatorBox

  public init(_ allocator: consuming some FrameAllocator & ~Copyable) {
    box = TypedAllocatorBox(allocator)
  }

  public var range: FrameRange { box.range }
  public var freeFrames: Int { box.freeFrames }
  public var heldFrames: Int { box.heldFrames }
  public var counters: AllocatorCounters { box.counters }

  public mutating func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber?
  {
    box.allocate(order, frameClass, core)
  }
  public mutating func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    box.free(frame, order, core)
  }
  public mutating func claim(_ frames: FrameRange) -> Bool { box.claim(frames) }
  public mutating func release(_ frames: FrameRange) { box.release(frames) }
  public mutating func drain(core: Int) { box.drain(core) }
  public func freeBlock(startingAt frame: FrameNumber) -> Order? {
    box.freeBlock(startingAt: frame)
  }
  public func freeBlock(containing frame: FrameNumber) -> Order? {
    box.freeBlock(containing: frame)
  }
  public func freeBlockCount(_ order: Order) -> Int { box.freeBlockCount(order) }
  public func freeBlocksByOrder() -> [UInt64] { box.freeBlocksByOrder() }
  public func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) { box.forEachFreeBlock(body) }
  public func validate() { box.validate() }
}

/// What `AnyFrameAllocator` calls; only `TypedAllocatorBox` is ever made.
private class AllocatorBox {
  var range: FrameRange { unimplemented() }
  var freeFrames: Int { unimplemented() }
  var heldFrames: Int { unimplemented() }
  var counters: AllocatorCounters { unimplemented() }
  func allocate(_ order: Order, _ frameClass: FrameClass, _ core: Int) -> FrameNumber? {
    unimplemented()
  }
  func free(_ frame: FrameNumber, _ order: Order, _ core: Int) { unimplemented() }
  func claim(_ frames: FrameRange) -> Bool { unimplemented() }
  func release(_ frames: FrameRange) { unimplemented() }
  func drain(_ core: Int) { unimplemented() }
  func freeBlock(startingAt frame: FrameNumber) -> Order? { unimplemented() }
  func freeBlock(containing frame: FrameNumber) -> Order? { unimplemented() }
  func freeBlockCount(_ order: Order) -> Int { unimplemented() }
  func freeBlocksByOrder() -> [UInt64] { unimplemented() }
  func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) { unimplemented() }
  func validate() { unimplemented() }

  private func unimplemented() -> Never { fatalError("an allocator box without an allocator") }
}

private final class TypedAllocatorBox<Allocator: FrameAllocator & ~Copyable>: AllocatorBox {
  private var allocator: Allocator

  init(_ allocator: consuming Allocator) { self.allocator = allocator }

  override var range: FrameRange { allocator.range }
  override var freeFrames: Int { allocator.freeFrames }
  override var heldFrames: Int { allocator.heldFrames }
  override var counters: AllocatorCounters { allocator.counters }
  override func allocate(_ order: Order, _ frameClass: FrameClass, _ core: Int) -> FrameNumber? {
    allocator.allocate(order, frameClass, core: core)
  }
  override func free(_ frame: FrameNumber, _ order: Order, _ core: Int) {
    allocator.free(frame, order, core: core)
  }
  override func claim(_ frames: FrameRange) -> Bool { allocator.claim(frames) }
  override func release(_ frames: FrameRange) { allocator.release(frames) }
  override func drain(_ core: Int) { allocator.drain(core: core) }
  override func freeBlock(startingAt frame: FrameNumber) -> Order? {
    allocator.freeBlock(startingAt: frame)
  }
  override func freeBlock(containing frame: FrameNumber) -> Order? {
    allocator.freeBlock(containing: frame)
  }
  override func freeBlockCount(_ order: Order) -> Int { allocator.freeBlockCount(order) }
  override func freeBlocksByOrder() -> [UInt64] { allocator.freeBlocksByOrder() }
  override func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) {
    allocator.forEachFreeBlock(body)
  }
  override func validate() { allocator.validate() }
}
