public import MemoryUnits

/// Which sizes of folios anonymous memory may get: hugepages-<size>kB/enabled below
/// /sys/kernel/mm/transparent_hugepage, for orders 2 (16 kB) to 9 (2 MiB). Linux's defaults are 2 MiB
/// as the common setting says, and nothing between that and 4 KiB.
public struct HugePageSizes: Hashable, Sendable {
  public enum Enabled: String, CaseIterable, Sendable {
    case always
    /// As transparent_hugepage/enabled.
    case inherit
    case madvise, never
  }

  // One bit per order (Linux: huge_anon_orders_*); `never` has none.
  private var always: UInt32 = 0
  private var madvise: UInt32 = 0
  private var inherit: UInt32 = 1 << 9

  /// Linux has no folios of two frames for anonymous memory.
  public static var orders: ClosedRange<Int> { 2...9 }

  public init() {}

  /// The setting of an order, which must be one of `orders`.
  public subscript(order: Int) -> Enabled {
    get {
      let bit = Self.bit(order)
      if always & bit != 0 { return .always }
      if inherit & bit != 0 { return .inherit }
      return madvise & bit != 0 ? .madvise : .never
    }
    set {
      let bit = Self.bit(order)
      always &= ~bit
      madvise &= ~bit
      inherit &= ~bit
      switch newValue {
      case .always: always |= bit
      case .inherit: inherit |= bit
      case .madvise: madvise |= bit
      case .never: break
      }
    }
  }

  private static func bit(_ order: Int) -> UInt32 {
    precondition(orders.contains(order), "anonymous memory has folios of orders 2 to 9")
    return 1 &<< UInt32(order)
  }

  /// The folder of an order: `hugepages-64kB`.
  public static func name(of order: Int) -> String { "hugepages-\(4 << order)kB" }

  /// The order that a folder belongs to; nil for a name of none.
  public static func order(named name: some StringProtocol) -> Int? {
    orders.first { self.name(of: $0) == name }
  }

  public static let enabledParameter = Parameter(
    name: "transparent_hugepage/hugepages-<size>kB/enabled",
    range: "always, inherit, madvise, never; <size> is 16, 32, 64, ... 1024 or 2048",
    defaultValue: Enabled.never,
    summary: "Which anonymous areas get folios of this size. The default of 2048 kB is inherit: "
      + "what transparent_hugepage/enabled says.")
}

/// A set of orders, one bit each.
struct FolioOrders: Hashable, Sendable {
  var bits: UInt32

  /// 2 MiB, mapped by one leaf.
  static var huge: FolioOrders { FolioOrders(bits: 1 << 9) }

  var isEmpty: Bool { bits == 0 }

  var hasHuge: Bool { bits & Self.huge.bits != 0 }

  /// Those that 4 KiB leaves map.
  var small: FolioOrders { FolioOrders(bits: bits & (Self.huge.bits &- 1)) }

  /// Nil when there is none.
  var highest: Int? { bits == 0 ? nil : 31 &- bits.leadingZeroBitCount }

  mutating func remove(_ order: Int) { bits &= ~(1 &<< UInt32(order)) }
}

extension TransparentHugePages {
  /// The orders for an area with MADV_HUGEPAGE, or for one without advice (Linux:
  /// thp_vma_allowable_orders).
  func orders(isAdvised: Bool) -> FolioOrders {
    let inherits = enabled == .always || isAdvised && enabled == .madvise
    return sizes.allowed(isAdvised: isAdvised, inherits: inherits)
  }
}

extension HugePageSizes {
  fileprivate func allowed(isAdvised: Bool, inherits: Bool) -> FolioOrders {
    FolioOrders(bits: always | (isAdvised ? madvise : 0) | (inherits ? inherit : 0))
  }
}
