public import MemoryUnits

/// The buddy system as Linux has it: a free list per order, threaded through the descriptors of the
/// first frames of free blocks, with splitting on demand and full coalescing at once.
///
/// - Deterministic: the same calls give the same frames, on every host.
/// - `allocate` and `free` take time in proportion to the orders they cross, at most ten.
/// - Blocks are aligned to their size in absolute frame numbers, so a range may start and end at any
///   frame; the odd ends are smaller blocks that never merge across the edge.
/// - Every block, free or allocated, is marked at its first frame (`BlockMark`), nowhere else is
///   recorded what is free. A double free, a free of the wrong order and one out of range therefore
///   end the process with one line, always.
@safe
public struct ListBuddy<Observer: FrameObserver>: FrameAllocator, ~Copyable {
  public let range: FrameRange
  public let placement: FramePlacement
  public var observer: Observer

  @usableFromInline
  let storage: DescriptorStorage
  /// The array of `storage`, kept here so that no operation goes through the object.
  @usableFromInline
  let descriptors: UnsafeMutableBufferPointer<PageDescriptor>
  @usableFromInline
  var lists: FreeLists
  /// Whole blocks of the largest order that were never taken: free, but neither marked nor listed, so
  /// that a large machine costs nothing before its memory is used. They come behind all listed blocks.
  @usableFromInline
  var fresh: Range<Int>
  /// Frames in all lists and in `fresh`.
  @usableFromInline
  var freeCount: Int
  @usableFromInline
  var tally: AllocatorCounters

  @inlinable
  public var freeFrames: Int { freeCount }

  @inlinable
  public var counters: AllocatorCounters { tally }

  /// Manages `range`, all of it free; the frames must be reserved in `table` and in no other
  /// allocator. Touches only the descriptors of blocks at odd ends of the range.
  public init(
    _ range: FrameRange, in table: borrowing FrameTable,
    placement: FramePlacement = FramePlacement.parameter.defaultValue, observer: Observer
  ) {
    guard range.count >= 0, range.start.index + range.count <= table.frameCount else {
      frameFault("zone beyond the frame table", frame: range.start.index + range.count, order: 0)
    }
    self.range = range
    self.placement = placement
    self.observer = observer
    storage = table.storage
    unsafe descriptors = table.descriptors
    lists = FreeLists()
    freeCount = range.count
    tally = AllocatorCounters()
    let start = range.start.index
    let end = start + range.count
    let size = Order.maximum.frameCount
    let firstWhole = min((start + size - 1) & -size, end)
    fresh = firstWhole..<max(firstWhole, end & -size)
    // From the top down, so that the lists hand out the lowest addresses first.
    list(fresh.upperBound..<end)
    list(start..<fresh.lowerBound)
  }
}

extension ListBuddy where Observer == NoObserver {
  public init(
    _ range: FrameRange, in table: borrowing FrameTable,
    placement: FramePlacement = FramePlacement.parameter.defaultValue
  ) {
    self.init(range, in: table, placement: placement, observer: NoObserver())
  }
}
