public import MemoryUnits

/// When memory is compacted, under Linux's names in /proc/sys/vm.
public struct CompactionSettings: Hashable, Sendable {
  /// How much is done ahead of need: 0 for nothing. Free memory is kept such that at least so many per
  /// cent of it, in steps of hysteresis, lie in blocks of 2 MiB.
  public var compactionProactiveness = Self.proactivenessParameter.defaultValue
  /// A block of an order above 3 is not compacted for while the fragmentation index is between 0 and
  /// this: memory is short rather than in pieces.
  public var extfragThreshold = Self.extfragThresholdParameter.defaultValue
  /// Whether pages of locked areas move.
  public var compactUnevictableAllowed = Self.unevictableParameter.defaultValue
  /// What the scanners go by at a time, and what allocators keep a class for. Always 2 MiB but in
  /// small worlds.
  public var pageblockOrder = Order.huge

  public init() {}

  public static let proactivenessParameter = Parameter<Int>(
    name: "compaction_proactiveness", range: "0...100", defaultValue: 20,
    summary: "How much memory is compacted ahead of need; 0 for not at all.")

  public static let extfragThresholdParameter = Parameter<Int>(
    name: "extfrag_threshold", range: "0...1000", defaultValue: 500,
    summary: "Fragmentation index up to which a costly allocation reclaims and does not compact.")

  public static let unevictableParameter = Parameter<Bool>(
    name: "compact_unevictable_allowed", range: "false, true", defaultValue: true,
    summary: "Whether compaction moves pages of locked areas.")
}
