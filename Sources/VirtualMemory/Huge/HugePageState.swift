internal import MemoryUnits
internal import PageFrames

/// What a machine keeps for huge pages beside the tables and the folios themselves.
struct HugePageState: Sendable {
  /// Nil for a kernel without CONFIG_TRANSPARENT_HUGEPAGE.
  var settings: TransparentHugePages? {
    didSet { noteOrders() }
  }
  /// What the settings say of orders at a fault, for areas without advice and with MADV_HUGEPAGE.
  private(set) var orders = FolioOrders(bits: 0)
  private(set) var advisedOrders = FolioOrders(bits: 0)
  var hugePool = HugetlbPool(size: .huge)
  var giganticPool = HugetlbPool(size: .gigantic)
  /// Whether there are pools of hugetlb pages.
  let hasPools: Bool
  /// Whether a fault may meet leaves above 4 KiB.
  let isBuilt: Bool

  init(_ configuration: MachineConfiguration) {
    settings = configuration.transparentHugePages
    hasPools = configuration.hugetlb != nil
    isBuilt = configuration.transparentHugePages != nil || configuration.hugetlb != nil
    hugePool.overcommit = configuration.hugetlb?.nrOvercommitHugepages ?? 0
    noteOrders()
  }

  private mutating func noteOrders() {
    orders = settings?.orders(isAdvised: false) ?? FolioOrders(bits: 0)
    advisedOrders = settings?.orders(isAdvised: true) ?? FolioOrders(bits: 0)
  }

  /// The huge page of zeros, while there is one.
  var zeroFolio: FrameNumber?
  /// Address spaces that have mapped it.
  var zeroUsers = 0
  /// Tail 2 of every folio that is mapped in part, the oldest at the back (Linux: deferred_split_queue).
  var deferred = FrameList()
  var daemon = Khugepaged()
  var counters = HugePageStatistics()
}
