public import MemoryUnits

/// `ListBuddy` behind one lock: the simplest allocator that real threads can share, and the measure of
/// what a lock per operation costs. Every operation and every query is atomic.
@safe
public struct LockedListBuddy: SharedFrameAllocator, ~Copyable, @unchecked Sendable {
  /// Lock and lists side by side: who has the lock's cache line has the lists' heads too.
  @usableFromInline
  struct Shared: ~Copyable {
    @usableFromInline
    let lock = SpinLock()
    @usableFromInline
    var buddy: ListBuddy<NoObserver>

    init(_ buddy: consuming ListBuddy<NoObserver>) { self.buddy = buddy }
  }

  public let range: FrameRange

  // SAFETY: initialised by `init`, released by `deinit`; `buddy` is touched by who holds `lock` alone.
  @usableFromInline
  let shared: UnsafeMutablePointer<Shared>

  /// As `ListBuddy.init`.
  public init(
    _ range: FrameRange, in table: borrowing FrameTable,
    placement: FramePlacement = FramePlacement.parameter.defaultValue
  ) {
    self.range = range
    unsafe shared = .allocate(capacity: 1)
    unsafe shared.initialize(to: Shared(ListBuddy(range, in: table, placement: placement)))
  }

  deinit {
    unsafe shared.deinitialize(count: 1)
    unsafe shared.deallocate()
  }

  /// Runs `body` with the buddy system to itself.
  @inline(always)
  @inlinable
  func locked<Result>(_ body: (inout ListBuddy<NoObserver>) -> Result) -> Result {
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

  /// Nothing to do: cores hold nothing back.
  public func drain(core: Int) {}

  public var freeFrames: Int { locked { $0.freeFrames } }

  public var counters: AllocatorCounters { locked { $0.counters } }

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
