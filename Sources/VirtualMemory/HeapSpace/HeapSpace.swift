public import MemoryUnits

/// The anonymous memory of one process: which pages are mapped, and which of them have a frame.
///
/// - A page gets its frame when it is touched and gives it back when it is discarded or unmapped.
///   Frames come from the `PhysicalMemory` that every operation is handed; several address spaces
///   share one. An address space must always be handed the same one.
/// - Pages are 4 KiB. Data frames are requested movable, page tables unmovable; both are real frames
///   of the machine (`HeapTables`).
/// - Every data frame's descriptor names this address space (`object`) and the page within `bounds`
///   (`index`), so that the way from a frame to the entry that maps it is one lookup.
/// - Contents are not kept: only metadata moves.
/// - Give the memory back with `tearDown` before the last use; frames know nothing of a lost owner.
///
/// Touching and discarding cost 10-20 ns per page above the allocator.
public struct HeapSpace: ~Copyable, Sendable {
  /// All mappings lie in here: at most 16 TiB, as descriptors hold 32 bits of page index.
  public let bounds: PageRange
  @usableFromInline let owner: HeapSpaceOwner
  @usableFromInline var areas: AreaList
  @usableFromInline var tables = HeapTables()
  @usableFromInline var residentCount = 0

  /// - Parameters:
  ///   - object: unique among the address spaces of a machine.
  ///   - group: the memory group that is charged for the frames.
  public init(object: UInt32, group: UInt16, bounds: PageRange) {
    self.bounds = bounds
    self.owner = HeapSpaceOwner(group: group, object: object)
    self.areas = AreaList(bounds: bounds)
  }

  /// Pages that have a frame.
  @inlinable
  public var residentPages: Int { residentCount }

  /// Pages in all mappings, resident or not.
  public var mappedPages: Int { areas.pageCount }

  /// Number of mappings after merging neighbours.
  public var areaCount: Int { areas.areaCount }

  /// Frames that hold page tables.
  public var tablePages: Int { tables.count }

  /// Memory behind pages; page tables are not in it.
  public var residentBytes: ByteCount { ByteCount(residentPages << 12) }

  /// The frame behind a page, nil when the page is not resident.
  public func frame(of page: Int) -> FrameNumber? { tables.frame(of: page) }

  /// The mapping that holds a page, merged with its neighbours; nil when the page is not mapped.
  public func area(containing page: Int) -> PageRange? { areas.area(containing: page) }

  /// Every mapping in ascending order, neighbours merged.
  public func forEachArea(_ body: (PageRange) -> Void) { areas.forEach(body) }
}
