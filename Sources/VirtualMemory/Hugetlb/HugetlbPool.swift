internal import MemoryUnits
internal import PageFrames

/// How large the pools of huge pages are from the start, under Linux's names (hugepages= and
/// nr_overcommit_hugepages of each size).
public struct HugetlbSettings: Hashable, Sendable {
  /// Pages of 2 MiB, and how many more may come while they are needed.
  public var nrHugepages: Int
  public var nrOvercommitHugepages: Int
  /// Pages of 1 GiB, which cannot be overcommitted.
  public var nrGiganticPages: Int

  public init(
    nrHugepages: Int = 0, nrOvercommitHugepages: Int = 0, nrGiganticPages: Int = 0
  ) {
    self.nrHugepages = nrHugepages
    self.nrOvercommitHugepages = nrOvercommitHugepages
    self.nrGiganticPages = nrGiganticPages
  }
}

/// The sizes of hugetlb pages.
public enum HugetlbSize: CaseIterable, Sendable {
  /// 2 MiB, the default size.
  case huge
  /// 1 GiB.
  case gigantic

  var order: Order { self == .huge ? .huge : .gigantic }
  /// Frames, and pages of 4 KiB, of one page.
  var pages: Int { order.frameCount }
  /// The level of tables whose leaves map it.
  var level: Int { self == .huge ? 1 : 2 }
}

/// What /sys/kernel/mm/hugepages/hugepages-*kB says of one size.
@frozen
public struct HugetlbUse: Hashable, Sendable {
  /// nr_hugepages: pages of the pool, in use or not, surplus ones among them.
  public var total = 0
  /// free_hugepages: not in use; reserved ones among them.
  public var free = 0
  /// resv_hugepages: promised to mappings that have not touched them yet.
  public var reserved = 0
  /// surplus_hugepages: beyond what was asked for; they go when they come free.
  public var surplus = 0
}

/// The pool of one size (Linux's hstate). free >= reserved always: a promise is kept.
struct HugetlbPool: Sendable {
  let size: HugetlbSize
  var total = 0
  var surplus = 0
  var reserved = 0
  var overcommit = 0
  /// First frames of free pages.
  var free: [FrameNumber] = []

  var use: HugetlbUse {
    HugetlbUse(total: total, free: free.count, reserved: reserved, surplus: surplus)
  }

  /// Free pages that nobody was promised.
  var available: Int { free.count - reserved }
}

/// The pages behind hugetlb areas: what a file of hugetlbfs is.
struct HugetlbObject: Sendable {
  let size: HugetlbSize
  /// Of a private mapping: its pages go with the areas.
  let isPrivate: Bool
  /// Whether pages were promised when it was made.
  let isReserving: Bool
  /// First frames by number of the huge page.
  var pages: [Int: FrameNumber] = [:]
  /// Numbers of pages that are promised and not there yet.
  var reserved: Set<Int> = []
}
