public import MemoryUnits

/// `LinuxBuddy` behind one lock, so that real threads can share it. Every operation and every query is
/// atomic.
///
/// Linux takes the zone's lock only where a core's list is empty or too long; this one takes a lock
/// each time, so its times with several threads say nothing about Linux.
@safe
public struct LockedLinuxBuddy: SharedFrameAllocator, ~Copyable, @unchecked Sendable {
  @usableFromInline
  struct Shared: ~Copyable {
    @usableFromInline
    let lock = SpinLock()
    @usableFromInline
    var buddy: LinuxBuddy<NoObserver>

    init(_ buddy: consuming LinuxBuddy<NoObserver>) { self.buddy = buddy }
  }

  public let range: FrameRange
  public let metadataBytes: Int

  // SAFETY: initialised by `init`, released by `deinit`; `buddy` is touched by who holds `lock` alone.
  @usableFromInline
  let shared: UnsafeMutablePointer<Shared>

  /// As `LinuxBuddy.init`.
  public init(
    _ range: FrameRange, in table: borrowing FrameTable, coreCount: Int,
    policy: LinuxPolicy = LinuxPolicy()
  ) {
    self.range = range
    let buddy = LinuxBuddy(range, in: table, coreCount: coreCount, policy: policy)
    metadataBytes = range.count * 32 + buddy.metadataBytes
    unsafe shared = .allocate(capacity: 1)
    unsafe shared.initialize(to: Shared(buddy))
  }

  deinit {
    unsafe shared.deinitialize(count: 1)
    unsafe shared.deallocate()
  }

  /// Runs `body` with the buddy system to itself.
  @inline(always)
  @inlinable
  func locked<Result>(_ body: (inout LinuxBuddy<NoObserver>) -> Result) -> Result {
    unsafe shared.pointee.lock.lock()
    let result = unsafe body(&shared.pointee.buddy)
    unsafe shared.pointee.lock.unlock()
    return result
  }

  @inlinable
  public func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber? {
    locked { $0.allocate(order, frameClass, core: core) }
  }

  @inlinable
  public func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    locked { $0.free(frame, order, core: core) }
  }

  public func claim(_ frames: FrameRange) -> Bool { locked { $0.claim(frames) } }

  public func release(_ frames: FrameRange) { locked { $0.release(frames) } }

  public func drain(core: Int) { locked { $0.drain(core: core) } }

  public var freeFrames: Int { locked { $0.freeFrames } }

  public var heldFrames: Int { locked { $0.heldFrames } }

  public var counters: AllocatorCounters { locked { $0.counters } }

  public var placementCounters: PlacementCounters { locked { $0.placementCounters } }

  public func freeBlock(startingAt frame: FrameNumber) -> Order? {
    locked { $0.freeBlock(startingAt: frame) }
  }

  public func freeBlock(containing frame: FrameNumber) -> Order? {
    locked { $0.freeBlock(containing: frame) }
  }

  public func freeBlockCount(_ order: Order) -> Int { locked { $0.freeBlockCount(order) } }

  /// `body` must not call this allocator: it has the lock.
  public func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) {
    locked { $0.forEachFreeBlock(body) }
  }

  public func validate() { locked { $0.validate() } }
}
