public import MemoryUnits

/// A buddy system over one range of page frames, orders 0-10.
///
/// Invariants that every implementation keeps and `validate()` checks: blocks are aligned to their
/// own size; free and allocated frames are all the frames; no free block has a free buddy of its
/// order that it could merge with. A broken promise of the caller (double free, wrong order, out of
/// range) ends the process with one line that names frame and order, in release too.
public protocol FrameAllocator: ~Copyable {
  /// The frames that are managed.
  var range: FrameRange { get }

  /// Whether every block but those that were never taken, the free ones, those that cores hold and those
  /// that are allocated, is marked in the descriptor of its first frame.
  var marksBlocks: Bool { get }

  /// Frames in free blocks, those held back by cores included.
  var freeFrames: Int { get }

  /// Free frames that cores hold back for their next requests; part of `freeFrames`.
  var heldFrames: Int { get }

  /// Free frames that watermarks are compared with: all, or only those that no core holds back.
  var listedFrames: Int { get }

  var counters: AllocatorCounters { get }

  /// What was done to keep types of frames apart.
  var placementCounters: PlacementCounters { get }

  /// Frames by which the watermarks are lifted because types have mixed; the background reclaimer takes
  /// it back when it has freed as much.
  var watermarkBoost: Int { get set }

  /// While the background reclaimer works, an allocator may hold less back.
  var isReclaimActive: Bool { get set }

  /// Takes a block of 2^order frames; nil when no block is large enough.
  /// - Parameter core: the simulated or real core that asks; allocators may ignore it.
  mutating func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber?

  /// Takes a block if so many frames stay free as the request's mark says, by all the rules that the
  /// allocator has for it; nil otherwise.
  mutating func allocate(_ request: FrameRequest) -> FrameNumber?

  /// Gives a block back. Freeing a larger block in parts is legal.
  mutating func free(_ frame: FrameNumber, _ order: Order, core: Int)

  /// Gives frames back as so many calls of `free` would, each as a block of its own, in ascending order:
  /// afterwards the free blocks, their order and the counters are the same.
  mutating func freeEach(_ frames: FrameRange, core: Int)

  /// Takes exactly these frames, if all of them are free; else changes nothing and returns false.
  /// They count as allocated in the largest aligned blocks that fit in the range.
  mutating func claim(_ frames: FrameRange) -> Bool

  /// Takes ranges one after the other, as `claim` does, up to the first that is not free; returns how many
  /// were taken.
  mutating func claimEach(_ ranges: [FrameRange]) -> Int

  /// Gives claimed or allocated frames back, whatever blocks they were taken in.
  mutating func release(_ frames: FrameRange)

  /// Gives what a core holds back to the free blocks.
  mutating func drain(core: Int)

  /// One second has passed: what is held back for long may go back to the free blocks.
  mutating func tick()

  /// Tells the marks of the zone, for those who act on them by themselves; nil for Linux's own.
  mutating func setWatermarks(_ watermarks: Watermarks?)

  /// Whether the boost has grown since the last look, so that the background reclaimer is to be woken.
  mutating func takeBoostSignal() -> Bool

  /// Gives frames that are reserved for urgent requests to a class; the last of them only if `force`.
  /// True when there were some.
  mutating func unreserve(for frameClass: FrameClass, force: Bool) -> Bool

  /// For whose frames the pageblock that contains a frame of the range is meant; nil when the allocator
  /// keeps no pageblocks.
  func frameClass(ofPageblock frame: FrameNumber) -> FrameClass?

  /// Frames that movable blocks have to leave, so that requests of a class that were refused find room
  /// where they do no harm: whoever can move them empties all of it and asks again. Nil where that would
  /// not help.
  func growth(for frameClass: FrameClass) -> FrameRange?

  /// The order of the free block that starts at `frame`; nil when none starts there.
  func freeBlock(startingAt frame: FrameNumber) -> Order?

  /// The order of the free block that contains `frame`; nil when the frame is not free.
  func freeBlock(containing frame: FrameNumber) -> Order?

  /// Number of free blocks of an order.
  func freeBlockCount(_ order: Order) -> Int

  /// Free blocks by order, 0...10: one row of /proc/buddyinfo.
  func freeBlocksByOrder() -> [UInt64]

  /// Every free block, in no particular order.
  func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void)

  /// Checks all invariants; ends the process with one line at the first that does not hold.
  func validate()
}

extension FrameAllocator where Self: ~Copyable {
  @inlinable
  public var marksBlocks: Bool { false }

  /// None: the allocator keeps nothing per core.
  @inlinable
  public var heldFrames: Int { 0 }

  @inlinable
  public mutating func claimEach(_ ranges: [FrameRange]) -> Int {
    for (index, range) in ranges.enumerated() {
      guard claim(range) else { return index }
    }
    return ranges.count
  }

  @inlinable
  public mutating func freeEach(_ frames: FrameRange, core: Int) {
    for offset in 0..<frames.count { free(frames.start.advanced(by: offset), .base, core: core) }
  }

  @inlinable
  public var listedFrames: Int { freeFrames }

  @inlinable
  public mutating func allocate(_ request: FrameRequest) -> FrameNumber? {
    guard listedFrames &- request.order.frameCount >= request.mark else { return nil }
    return allocate(request.order, request.frameClass, core: request.core)
  }

  public var placementCounters: PlacementCounters { PlacementCounters() }
  public var watermarkBoost: Int {
    get { 0 }
    set {}
  }
  public var isReclaimActive: Bool {
    get { false }
    set {}
  }
  public mutating func tick() {}
  public mutating func setWatermarks(_ watermarks: Watermarks?) {}
  public mutating func takeBoostSignal() -> Bool { false }
  public mutating func unreserve(for frameClass: FrameClass, force: Bool) -> Bool { false }
  public func frameClass(ofPageblock frame: FrameNumber) -> FrameClass? { nil }
  public func growth(for frameClass: FrameClass) -> FrameRange? { nil }

  /// Whether the frame is in a free block; false for frames outside `range`.
  public func isFree(_ frame: FrameNumber) -> Bool { freeBlock(containing: frame) != nil }

  public func freeBlocksByOrder() -> [UInt64] {
    (0..<Order.allocatorCount).map { UInt64(freeBlockCount(Order($0))) }
  }
}
