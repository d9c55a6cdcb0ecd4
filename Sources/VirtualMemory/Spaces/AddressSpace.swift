public import MemoryUnits

/// What a process sees of memory (Linux's mm_struct): its areas, its page tables, its counts.
///
/// User pages are 0 ..< 2^35 - 1 (47-bit addresses less the last page); the upper half of the root
/// table is the kernel's and the same in all address spaces. A value of this type is a copy to look
/// at; the machine owns the original.
public struct AddressSpace: Sendable {
  /// Number of the address space; also the object of its page tables' frames.
  public let id: SpaceID
  /// Memory group that is charged for its frames.
  public internal(set) var group: UInt16
  /// The frame of the top-level table: what cr3 holds.
  public internal(set) var root: FrameNumber
  /// Tasks that run in it.
  var users = 1
  var areas = AreaMap()
  /// The area that was found last, and how often that helped.
  var recent: Area?
  public internal(set) var areaCache = AreaCacheCounters()
  /// The leaf table that was used last and the 2 MiB block that it maps; -1 for none.
  var leafBlock = -1
  var leafTable = FrameNumber(0)

  /// Below this page mmap looks for room, downwards.
  public internal(set) var mmapBase: Int
  /// The heap's first and current end, in bytes (start_brk and brk).
  public internal(set) var heapStart = 0
  public internal(set) var heapEnd = 0
  /// Pages that a stack may have (RLIMIT_STACK).
  public internal(set) var stackLimit = 2048

  /// Frames behind anonymous pages, file pages, and pages in swap.
  public internal(set) var resident = ResidentCounters()
  /// Frames of page tables, the root among them.
  public internal(set) var tablePages = 1
  /// Leaves of 2 MiB, those of the huge page of zeros among them.
  public internal(set) var hugeLeaves = 0
  /// Leaves of hugetlb pages, 2 MiB and 1 GiB.
  public internal(set) var hugetlbLeaves = 0
  /// Frames of tables, one for each of these leaves, into which it can be split (Linux's deposited page
  /// tables); part of `tablePages`.
  var deposits: [FrameNumber] = []
  /// prctl(PR_SET_THP_DISABLE): its areas get no huge pages.
  var forbidsHugePages = false
  /// Whether it has mapped the huge page of zeros.
  var usesHugeZero = false
  /// Pages of locked areas.
  public internal(set) var lockedPages = 0
  /// mlockall(MCL_FUTURE): areas made from now on are locked (Linux: def_flags). Neither fork nor exec
  /// passes it on.
  var locksFutureAreas = false
  /// Pages of areas that count towards the commit limit.
  public internal(set) var accountedPages = 0
  /// Cores that have it loaded.
  var cores = CoreSet()
  /// Tells it from all other address spaces, those before with its number among them.
  let context: UInt64
  /// Counts the changes that TLBs must follow.
  var tlbGeneration: UInt64 = 0

  init(id: SpaceID, context: UInt64, group: UInt16, root: FrameNumber) {
    self.id = id
    self.context = context
    self.group = group
    self.root = root
    mmapBase = Self.userPages - 128 << 8
  }

  /// Takes over where things lie, as fork does.
  mutating func inheritLayout(_ parent: AddressSpace) {
    mmapBase = parent.mmapBase
    heapStart = parent.heapStart
    heapEnd = parent.heapEnd
    stackLimit = parent.stackLimit
    forbidsHugePages = parent.forbidsHugePages
  }

  /// Pages of the user half, as Linux has it with four levels: 2^35 - 1.
  public static var userPages: Int { 1 << 35 - 1 }

  /// Areas, after merging.
  public var areaCount: Int { areas.count }

  /// Pages of all areas, resident or not.
  public var mappedPages: Int { areas.pageCount }

  /// Every area in ascending order.
  public func forEachArea(_ body: (Area) -> Void) { areas.forEach(body) }

  public func area(containing page: Int) -> Area? { areas.area(containing: page) }
}

/// Names an address space of a machine.
@frozen
public struct SpaceID: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable
  var index: Int { Int(rawValue) }
}

/// How often the area of a fault was the one of the fault before.
@frozen
public struct AreaCacheCounters: Hashable, Sendable {
  public var lookups: UInt64 = 0
  public var hits: UInt64 = 0
}

/// Pages by what is behind them.
@frozen
public struct ResidentCounters: Hashable, Sendable {
  public var anonymous = 0
  public var file = 0
  public var swapped = 0

  /// Pages with a frame; Linux's RSS.
  public var total: Int { anonymous + file }
}

/// Simulated cores, at most 64.
@frozen
public struct CoreSet: Hashable, Sendable {
  public var bits: UInt64 = 0

  @inlinable
  public init() {}

  public func contains(_ core: Int) -> Bool { bits >> UInt64(core) & 1 == 1 }
  public mutating func insert(_ core: Int) { bits |= 1 << UInt64(core) }
  public mutating func remove(_ core: Int) { bits &= ~(1 << UInt64(core)) }
  public var isEmpty: Bool { bits == 0 }
  public var count: Int { bits.nonzeroBitCount }
  /// The lowest core.
  public var first: Int? { bits == 0 ? nil : bits.trailingZeroBitCount }
}
