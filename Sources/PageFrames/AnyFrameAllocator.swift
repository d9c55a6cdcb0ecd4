public import MemoryUnits

/// Any frame allocator behind one type, so that upper floors are compiled once for all of them, at the
/// price of a virtual call per block (1-2 ns).
public struct AnyFrameAllocator: FrameAllocator, ~Copyable {
  private let box: AllocatorBox

  public init(_ allocator: consuming some FrameAllocator & ~Copyable) {
    box = TypedAllocatorBox(allocator)
  }

  public var range: FrameRange { box.range }
  public var marksBlocks: Bool { box.marksBlocks }
  public var freeFrames: Int { box.freeFrames }
  public var heldFrames: Int { box.heldFrames }
  public var listedFrames: Int { box.listedFrames }
  public var counters: AllocatorCounters { box.counters }
  public var placementCounters: PlacementCounters { box.placementCounters }
  public var watermarkBoost: Int {
    get { box.watermarkBoost }
    set { box.watermarkBoost = newValue }
  }
  public var isReclaimActive: Bool {
    get { box.isReclaimActive }
    set { box.isReclaimActive = newValue }
  }

  public mutating func allocate(_ request: FrameRequest) -> FrameNumber? { box.allocate(request) }
  public mutating func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber?
  {
    box.allocate(order, frameClass, core)
  }
  public mutating func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    box.free(frame, order, core)
  }
  public mutating func freeEach(_ frames: FrameRange, core: Int) { box.freeEach(frames, core) }
  public mutating func claim(_ frames: FrameRange) -> Bool { box.claim(frames) }
  public mutating func claimEach(_ ranges: [FrameRange]) -> Int { box.claimEach(ranges) }
  public mutating func release(_ frames: FrameRange) { box.release(frames) }
  public mutating func drain(core: Int) { box.drain(core) }
  public mutating func tick() { box.tick() }
  public mutating func setWatermarks(_ watermarks: Watermarks?) { box.setWatermarks(watermarks) }
  public mutating func takeBoostSignal() -> Bool { box.takeBoostSignal() }
  public mutating func unreserve(for frameClass: FrameClass, force: Bool) -> Bool {
    box.unreserve(frameClass, force)
  }
  public func frameClass(ofPageblock frame: FrameNumber) -> FrameClass? {
    box.frameClass(ofPageblock: frame)
  }
  public func growth(for frameClass: FrameClass) -> FrameRange? { box.growth(frameClass) }
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
  var marksBlocks: Bool { unimplemented() }
  var freeFrames: Int { unimplemented() }
  var heldFrames: Int { unimplemented() }
  var listedFrames: Int { unimplemented() }
  var counters: AllocatorCounters { unimplemented() }
  var placementCounters: PlacementCounters { unimplemented() }
  var watermarkBoost: Int {
    get { unimplemented() }
    set { unimplemented() }
  }
  var isReclaimActive: Bool {
    get { unimplemented() }
    set { unimplemented() }
  }
  func allocate(_ request: FrameRequest) -> FrameNumber? { unimplemented() }
  func allocate(_ order: Order, _ frameClass: FrameClass, _ core: Int) -> FrameNumber? {
    unimplemented()
  }
  func free(_ frame: FrameNumber, _ order: Order, _ core: Int) { unimplemented() }
  func freeEach(_ frames: FrameRange, _ core: Int) { unimplemented() }
  func claim(_ frames: FrameRange) -> Bool { unimplemented() }
  func claimEach(_ ranges: [FrameRange]) -> Int { unimplemented() }
  func release(_ frames: FrameRange) { unimplemented() }
  func drain(_ core: Int) { unimplemented() }
  func tick() { unimplemented() }
  func setWatermarks(_ watermarks: Watermarks?) { unimplemented() }
  func takeBoostSignal() -> Bool { unimplemented() }
  func unreserve(_ frameClass: FrameClass, _ force: Bool) -> Bool { unimplemented() }
  func frameClass(ofPageblock frame: FrameNumber) -> FrameClass? { unimplemented() }
  func growth(_ frameClass: FrameClass) -> FrameRange? { unimplemented() }
  func freeBlock(startingAt frame: FrameNumber) -> Order? { unimplemented() }
  func freeBlock(containing frame: FrameNumber) -> Order? { unimplemented() }
  func freeBlockCount(_ order: Order) -> Int { unimplemented() }
  func freeBlocksByOrder() -> [UInt64] { unimplemented() }
  func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) { unimplemented() }
  func validate() { unimplemented() }

  private func unimplemented() -> Never { fatalError("an allocator box without an allocator") }
}

private final class TypedAllocatorBox<Allocator: FrameAllocator & ~Copyable>: AllocatorBox {
  /// Only the one struct that owns the box calls it, and never from within a call.
  @exclusivity(unchecked) private var allocator: Allocator

  init(_ allocator: consuming Allocator) { unsafe self.allocator = allocator }

  override var range: FrameRange { unsafe allocator.range }
  override var marksBlocks: Bool { unsafe allocator.marksBlocks }
  override var freeFrames: Int { unsafe allocator.freeFrames }
  override var heldFrames: Int { unsafe allocator.heldFrames }
  override var listedFrames: Int { unsafe allocator.listedFrames }
  override var counters: AllocatorCounters { unsafe allocator.counters }
  override var placementCounters: PlacementCounters { unsafe allocator.placementCounters }
  override var watermarkBoost: Int {
    get { unsafe allocator.watermarkBoost }
    set { unsafe allocator.watermarkBoost = newValue }
  }
  override var isReclaimActive: Bool {
    get { unsafe allocator.isReclaimActive }
    set { unsafe allocator.isReclaimActive = newValue }
  }
  override func allocate(_ request: FrameRequest) -> FrameNumber? {
    unsafe allocator.allocate(request)
  }
  override func allocate(_ order: Order, _ frameClass: FrameClass, _ core: Int) -> FrameNumber? {
    unsafe allocator.allocate(order, frameClass, core: core)
  }
  override func free(_ frame: FrameNumber, _ order: Order, _ core: Int) {
    unsafe allocator.free(frame, order, core: core)
  }
  override func freeEach(_ frames: FrameRange, _ core: Int) {
    unsafe allocator.freeEach(frames, core: core)
  }
  override func claim(_ frames: FrameRange) -> Bool { unsafe allocator.claim(frames) }
  override func claimEach(_ ranges: [FrameRange]) -> Int { unsafe allocator.claimEach(ranges) }
  override func release(_ frames: FrameRange) { unsafe allocator.release(frames) }
  override func drain(_ core: Int) { unsafe allocator.drain(core: core) }
  override func tick() { unsafe allocator.tick() }
  override func setWatermarks(_ watermarks: Watermarks?) {
    unsafe allocator.setWatermarks(watermarks)
  }
  override func takeBoostSignal() -> Bool { unsafe allocator.takeBoostSignal() }
  override func unreserve(_ frameClass: FrameClass, _ force: Bool) -> Bool {
    unsafe allocator.unreserve(for: frameClass, force: force)
  }
  override func frameClass(ofPageblock frame: FrameNumber) -> FrameClass? {
    unsafe allocator.frameClass(ofPageblock: frame)
  }
  override func growth(_ frameClass: FrameClass) -> FrameRange? {
    unsafe allocator.growth(for: frameClass)
  }
  override func freeBlock(startingAt frame: FrameNumber) -> Order? {
    unsafe allocator.freeBlock(startingAt: frame)
  }
  override func freeBlock(containing frame: FrameNumber) -> Order? {
    unsafe allocator.freeBlock(containing: frame)
  }
  override func freeBlockCount(_ order: Order) -> Int { unsafe allocator.freeBlockCount(order) }
  override func freeBlocksByOrder() -> [UInt64] { unsafe allocator.freeBlocksByOrder() }
  override func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) {
    unsafe allocator.forEachFreeBlock(body)
  }
  override func validate() { unsafe allocator.validate() }
}
