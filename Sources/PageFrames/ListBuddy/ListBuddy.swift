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
  /// Frames in all lists.
  @usableFromInline
  var listedFrames: Int
  @usableFromInline
  var tally: AllocatorCounters

  @inlinable
  public var freeFrames: Int { listedFrames }

  @inlinable
  public var counters: AllocatorCounters { tally }

  /// Manages `range`, all of it free; the frames must be reserved in `table` and in no other
  /// allocator. Touches one descriptor per block of 4 MiB.
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
    listedFrames = range.count
    tally = AllocatorCounters()
    let descriptors = unsafe descriptors
    var pages = unsafe descriptors.mutableSpan
    // From the top down, so that the lists hand out the lowest addresses first.
    var end = range.start.index + range.count
    while end > range.start.index {
      let order = AlignedBlocks.order(endingAt: end, notBelow: range.start.index)
      end -= 1 << order
      lists.insert(end, order, placement, &pages)
    }
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
