public import MemoryUnits

/// `ListBuddy` behind one lock, with a fixed-size list of free blocks per core and order 0-3 before
/// it: what Linux did from 2.6 on to keep hot single pages off the zone lock.
///
/// - An operation of order 0-3 takes its core's lock alone; an empty list takes a batch of 63 frames
///   from the buddy system, a list above six batches gives its oldest batch back. Other orders go to
///   the buddy system.
/// - Blocks in a list are marked as held in their descriptors: a double free is found at once.
/// - Held blocks do not merge and are not in `forEachFreeBlock`; `freeFrames` counts them.
/// - When nothing is left, all cores are locked and drained before a request fails, so exhaustion is
///   exact. Locks are taken in this order: cores from the first on, then the buddy system.
@safe
public struct PerCPUListBuddy: SharedFrameAllocator, ~Copyable, @unchecked Sendable {
  public let range: FrameRange
  public let coreCount: Int

  @usableFromInline
  let buddy: LockedListBuddy
  // SAFETY: both live as long as `buddy`, which shares the table's storage, and the lists until
  // `deinit`. A descriptor's mark is written by the owner of its block, or by who holds the lock.
  @usableFromInline
  let descriptors: UnsafeMutableBufferPointer<PageDescriptor>
  @usableFromInline
  let cores: UnsafeMutablePointer<CoreLists>

  /// As `ListBuddy.init`; cores are 0..<coreCount.
  public init(
    _ range: FrameRange, in table: borrowing FrameTable, coreCount: Int,
    placement: FramePlacement = FramePlacement.parameter.defaultValue
  ) {
    guard coreCount > 0 else { frameFault("an allocator without cores", frame: 0, order: 0) }
    self.range = range
    self.coreCount = coreCount
    buddy = LockedListBuddy(range, in: table, placement: placement)
    unsafe descriptors = table.descriptors
    unsafe cores = .allocate(capacity: coreCount)
    for core in 0..<coreCount { unsafe (cores + core).initialize(to: CoreLists()) }
  }

  deinit {
    unsafe cores.deinitialize(count: coreCount)
    unsafe cores.deallocate()
  }

  /// Bytes beside the descriptors.
  public var metadataBytes: Int { coreCount * MemoryLayout<CoreLists>.stride }

  @inline(always)
  @inlinable
  func locked<Result>(_ core: Int, _ body: (inout CoreLists) -> Result) -> Result {
    guard core >= 0, core < coreCount else { frameFault("no such core", frame: core, order: 0) }
    let lists = unsafe cores + core
    unsafe lists.pointee.lock.lock()
    let result = unsafe body(&lists.pointee)
    unsafe lists.pointee.lock.unlock()
    return result
  }

  @inline(always)
  @inlinable
  func mark(_ frame: Int) -> BlockMark {
    let descriptors = unsafe self.descriptors
    return unsafe descriptors.span[frame].block
  }

  @inline(always)
  @inlinable
  func setMark(_ frame: Int, _ mark: BlockMark) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame].block = mark
  }
}
