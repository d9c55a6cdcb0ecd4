/// What hugepages-<size>kB/stats says of one size of folios, by Linux's names. Not here: zswap, shared
/// memory, and swap-in, which brings back pages by themselves, as Linux does but for devices in memory.
public struct HugePageCounters: Hashable, Sendable {
  public var anonFaultAlloc: UInt64 = 0
  public var anonFaultFallback: UInt64 = 0
  public var anonFaultFallbackCharge: UInt64 = 0
  public var swpout: UInt64 = 0
  public var swpoutFallback: UInt64 = 0
  public var split: UInt64 = 0
  public var splitFailed: UInt64 = 0
  public var splitDeferred: UInt64 = 0
  /// Folios that there are now, and those of them that wait to be split because they are mapped in part.
  public var nrAnon: UInt64 = 0
  public var nrAnonPartiallyMapped: UInt64 = 0

  public init() {}

  /// With Linux's names, in its order.
  public var named: [(name: String, value: UInt64)] {
    [
      ("anon_fault_alloc", anonFaultAlloc), ("anon_fault_fallback", anonFaultFallback),
      ("anon_fault_fallback_charge", anonFaultFallbackCharge), ("swpout", swpout),
      ("swpout_fallback", swpoutFallback), ("split", split), ("split_failed", splitFailed),
      ("split_deferred", splitDeferred), ("nr_anon", nrAnon),
      ("nr_anon_partially_mapped", nrAnonPartiallyMapped),
    ]
  }
}

/// The counters of all sizes.
public struct HugePageStatistics: Hashable, Sendable {
  private var counters = [HugePageCounters](
    repeating: HugePageCounters(), count: HugePageSizes.orders.count)

  init() {}

  /// Those of an order, 2...9.
  public internal(set) subscript(order: Int) -> HugePageCounters {
    get { counters[order - HugePageSizes.orders.lowerBound] }
    _modify { yield &counters[order - HugePageSizes.orders.lowerBound] }
  }

  /// Each by its path below transparent_hugepage: `hugepages-64kB/stats/anon_fault_alloc`.
  public var named: [(name: String, value: UInt64)] {
    HugePageSizes.orders.flatMap { order in
      let folder = HugePageSizes.name(of: order) + "/stats/"
      return self[order].named.map { (folder + $0.name, $0.value) }
    }
  }
}

extension Machine {
  /// What happened to the folios of each size.
  public var hugePageStatistics: HugePageStatistics { huge.counters }
}
