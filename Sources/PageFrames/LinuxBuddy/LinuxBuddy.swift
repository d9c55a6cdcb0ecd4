public import MemoryUnits

/// A model of Linux's page allocator (mm/page_alloc.c) as `LinuxPolicy` has it: free lists by order and
/// migratetype, pageblocks with types, fallback between types, lists per core, zones with their marks,
/// the high-atomic reserve.
///
/// - Deterministic: the same calls give the same frames, on every host.
/// - Blocks are aligned to their size in absolute frame numbers and marked at their first frame
///   (`BlockMark`); no block reaches across zones. A double free, a free of the wrong order and one out
///   of range end the process with one line.
/// - Free buddies are merged below pageblock order whatever their types; at and above it, only when
///   both types are mergeable (`Migratetype.isMergeable`).
/// - From 6.10 on a free block is on the list of its pageblocks' type, always.
/// - Blocks that cores hold are free but in no free block: they merge when they are drained.
///
/// A plain `allocate` is one that may take the last frame: it looks at no watermark, and drains all
/// cores before it fails. A `FrameRequest` obeys its mark as Linux does.
@safe
public struct LinuxBuddy<Observer: FrameObserver>: FrameAllocator, ~Copyable {
  public let range: FrameRange
  /// As it is carried out: see `LinuxPolicy.effective`.
  public let policy: LinuxPolicy
  public let layout: LinuxZoneLayout
  public let coreCount: Int
  public var observer: Observer

  @usableFromInline
  let storage: DescriptorStorage
  @usableFromInline
  let descriptors: UnsafeMutableBufferPointer<PageDescriptor>
  // SAFETY: `zones` has `zoneCount` zones, `caches` one for each core and zone, by core; `types` a byte
  // for each pageblock that the range touches. Initialised by `init`, released by `deinit`, and touched
  // by methods of this struct alone, which nobody else can own.
  @usableFromInline
  let zones: UnsafeMutablePointer<LinuxZone>
  @usableFromInline
  let caches: UnsafeMutablePointer<CoreCache>
  @usableFromInline
  let types: UnsafeMutablePointer<UInt8>
  @usableFromInline
  let zoneCount: Int
  @usableFromInline
  let typeCount: Int
  /// Number of the first pageblock that the range touches.
  @usableFromInline
  let firstPageblock: Int
  @usableFromInline
  let pageblockOrder: Int
  /// The order of huge pages in cores' lists; 16 when they hold none.
  @usableFromInline
  let hugeOrder: Int
  /// Whether pageblocks have types.
  @usableFromInline
  let groups: Bool
  /// How frames that move and others are kept apart beyond what Linux does.
  @usableFromInline
  let separation: LinuxSeparation
  // SAFETY: as `zones`; `superpageblockCount` of them.
  @usableFromInline
  let superpageblocks: UnsafeMutablePointer<Superpageblock>
  let superpageblockCount: Int
  /// Number of the first superpageblock that the range touches.
  let firstSuperpageblock: Int
  /// Whether requests may be served from a core's list without looking at zones.
  @usableFromInline
  let isSimple: Bool
  /// By node and highest zone: zones in the order in which they are tried.
  let zonelists: [[Int]]
  /// All free frames, those held by cores included.
  @usableFromInline
  var freeCount: Int
  @usableFromInline
  var tally: AllocatorCounters
  public internal(set) var placementCounters: PlacementCounters

  @inlinable
  public var freeFrames: Int { freeCount }

  @inlinable
  public var counters: AllocatorCounters { tally }

  /// Manages `range`, all of it free; the frames must be reserved in `table` and in no other allocator.
  ///
  /// - Parameter layout: nil for one zone Normal.
  /// - Parameter watermarks: of all zones together; nil for Linux's own.
  public init(
    _ range: FrameRange, in table: borrowing FrameTable, coreCount: Int = 1,
    policy: LinuxPolicy = LinuxPolicy(), layout: LinuxZoneLayout? = nil,
    watermarks: Watermarks? = nil, observer: Observer
  ) {
    guard range.count > 0, range.start.index + range.count <= table.frameCount else {
      frameFault("zone beyond the frame table", frame: range.start.index + range.count, order: 0)
    }
    guard coreCount > 0 else { frameFault("an allocator without cores", frame: 0, order: 0) }
    let policy = policy.effective
    let layout = layout ?? LinuxZoneLayout(single: range)
    layout.check(tiling: range, pageblock: 1 << policy.pageblockOrder)
    self.range = range
    self.policy = policy
    self.layout = layout
    self.coreCount = coreCount
    self.observer = observer
    storage = table.storage
    unsafe descriptors = table.descriptors
    let start = range.start.index
    let end = start + range.count
    pageblockOrder = policy.pageblockOrder
    // Linux gives up on types when there are fewer pageblocks than types.
    let groups = policy.pageGroupByMobility ?? (range.count >> policy.pageblockOrder >= 6)
    self.groups = groups
    let firstType = groups ? Migratetype.movable : .unmovable
    firstPageblock = start >> policy.pageblockOrder
    typeCount = (end - 1) >> policy.pageblockOrder - start >> policy.pageblockOrder + 1
    unsafe types = .allocate(capacity: typeCount)
    unsafe types.initialize(repeating: firstType.rawValue, count: typeCount)
    zoneCount = layout.zones.count
    unsafe zones = .allocate(capacity: zoneCount)
    for (index, zone) in layout.zones.enumerated() {
      unsafe (zones + index).initialize(
        to: LinuxZone(zone, freshType: Int(firstType.rawValue)))
      for kind in LinuxZoneKind.allCases {
        unsafe zones[index].lowmemReserve[Int(kind.rawValue)] =
          layout.lowmemReserve(index, highest: kind)
      }
    }
    separation = groups ? policy.separation : .none
    firstSuperpageblock = start >> policy.superpageblockOrder
    superpageblockCount =
      separation == .superpageblocks
      ? (end - 1) >> policy.superpageblockOrder - firstSuperpageblock + 1 : 0
    unsafe superpageblocks = .allocate(capacity: superpageblockCount)
    unsafe superpageblocks.initialize(repeating: Superpageblock(), count: superpageblockCount)
    unsafe caches = .allocate(capacity: zoneCount * coreCount)
    unsafe caches.initialize(repeating: CoreCache(), count: zoneCount * coreCount)
    hugeOrder = policy.pcp && policy.pcpHugeLists > 0 ? max(policy.pageblockOrder, 4) : 16
    isSimple = zoneCount == 1 && policy.pcp
    zonelists = (0..<layout.nodeCount).flatMap { node in
      LinuxZoneKind.allCases.map { layout.zonelist(node: node, highest: $0) }
    }
    freeCount = range.count
    tally = AllocatorCounters()
    placementCounters = PlacementCounters()
    for index in 0..<zoneCount { listOddEnds(index) }
    for area in layout.cma { makeContiguousArea(area) }
    makeSeparation()
    setWatermarks(watermarks)
  }

  deinit {
    unsafe zones.deinitialize(count: zoneCount)
    unsafe zones.deallocate()
    unsafe caches.deinitialize(count: zoneCount * coreCount)
    unsafe caches.deallocate()
    unsafe types.deallocate()
    unsafe superpageblocks.deallocate()
  }

  /// Bytes beside the descriptors.
  public var metadataBytes: Int {
    typeCount + zoneCount * MemoryLayout<LinuxZone>.stride
      + superpageblockCount * MemoryLayout<Superpageblock>.stride
      + zoneCount * coreCount * MemoryLayout<CoreCache>.stride
  }
}

extension LinuxBuddy where Observer == NoObserver {
  public init(
    _ range: FrameRange, in table: borrowing FrameTable, coreCount: Int = 1,
    policy: LinuxPolicy = LinuxPolicy(), layout: LinuxZoneLayout? = nil,
    watermarks: Watermarks? = nil
  ) {
    self.init(
      range, in: table, coreCount: coreCount, policy: policy, layout: layout,
      watermarks: watermarks, observer: NoObserver())
  }
}
