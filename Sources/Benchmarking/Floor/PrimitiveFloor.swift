/// What single instructions and cache accesses cost on this host, measured in the same run as the
/// allocators; nanoseconds of thread CPU time, the smallest of several trials.
public struct PrimitiveFloor: Codable, Hashable, Sendable {
  /// `lock xchg`, also the cost of taking a free lock.
  public var exchangeNs: Double
  /// `lock or`, the old value unused.
  public var fetchOrNs: Double
  /// `lock xadd`: the unit of comparisons between machines.
  public var addNs: Double
  /// Load and `lock cmpxchg`.
  public var compareExchangeNs: Double
  /// A call that is not inlined, and its return.
  public var callNs: Double
  /// From one access to the next that depends on it.
  public var latency: Levels
  /// Of memory, behind pages of 4 KiB.
  public var smallPageMemoryNs: Double
  /// Accesses to random lines that do not depend on each other: what a miss costs a loop whose next
  /// address is known.
  public var independent: Levels
  /// `lock xadd` on random lines.
  public var locked: Levels
  public var caches: CacheSizes

  /// By where the line is.
  public struct Levels: Codable, Hashable, Sendable {
    public var l1: Double
    public var l2: Double
    public var l3: Double
    public var memory: Double

    package init(l1: Double, l2: Double, l3: Double, memory: Double) {
      self.l1 = l1
      self.l2 = l2
      self.l3 = l3
      self.memory = memory
    }

    /// What expected misses cost beyond an access that hits the first level.
    func excess(_ shares: (l2: Double, l3: Double, memory: Double)) -> Double {
      shares.l2 * max(l2 - l1, 0) + shares.l3 * max(l3 - l1, 0)
        + shares.memory * max(memory - l1, 0)
    }

    /// The smaller of two measurements, level by level.
    func least(_ other: Levels) -> Levels {
      Levels(
        l1: Swift.min(l1, other.l1), l2: Swift.min(l2, other.l2), l3: Swift.min(l3, other.l3),
        memory: Swift.min(memory, other.memory))
    }

    enum CodingKeys: String, CodingKey {
      case l1 = "l1_ns"
      case l2 = "l2_ns"
      case l3 = "l3_ns"
      case memory = "memory_ns"
    }
  }

  package init(
    exchangeNs: Double, fetchOrNs: Double, addNs: Double, compareExchangeNs: Double,
    callNs: Double, latency: Levels, smallPageMemoryNs: Double, independent: Levels,
    locked: Levels, caches: CacheSizes
  ) {
    self.exchangeNs = exchangeNs
    self.fetchOrNs = fetchOrNs
    self.addNs = addNs
    self.compareExchangeNs = compareExchangeNs
    self.callNs = callNs
    self.latency = latency
    self.smallPageMemoryNs = smallPageMemoryNs
    self.independent = independent
    self.locked = locked
    self.caches = caches
  }

  enum CodingKeys: String, CodingKey {
    case caches
    case exchangeNs = "exchange_ns"
    case fetchOrNs = "fetch_or_ns"
    case addNs = "add_ns"
    case compareExchangeNs = "compare_exchange_ns"
    case callNs = "call_ns"
    case latency
    case smallPageMemoryNs = "small_page_memory_ns"
    case independent = "independent_access"
    case locked = "locked_access"
  }

  /// The smaller of two measurements, figure by figure: what disturbs one only ever makes it slower.
  package func least(_ other: PrimitiveFloor) -> PrimitiveFloor {
    PrimitiveFloor(
      exchangeNs: min(exchangeNs, other.exchangeNs), fetchOrNs: min(fetchOrNs, other.fetchOrNs),
      addNs: min(addNs, other.addNs),
      compareExchangeNs: min(compareExchangeNs, other.compareExchangeNs),
      callNs: min(callNs, other.callNs), latency: latency.least(other.latency),
      smallPageMemoryNs: min(smallPageMemoryNs, other.smallPageMemoryNs),
      independent: independent.least(other.independent), locked: locked.least(other.locked),
      caches: caches)
  }
}
