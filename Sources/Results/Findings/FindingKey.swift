/// The name of one finding, as it stands in `result.json`, in the report's DOM and in `--json`.
/// Names carry their units.
public struct FindingKey: RawRepresentable, Hashable, Comparable, Sendable, Codable,
  CodingKeyRepresentable
{
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public static func < (left: FindingKey, right: FindingKey) -> Bool {
    left.rawValue < right.rawValue
  }

  /// Bytes that the program asked for and has not freed.
  public static let liveBytes = FindingKey(rawValue: "live_bytes")
  /// Bytes of physical memory held for them.
  public static let heldBytes = FindingKey(rawValue: "held_bytes")
  /// held_bytes / live_bytes; in a time average the quotient of the averages.
  public static let heldPerLive = FindingKey(rawValue: "held_per_live")
  /// Part of held_bytes that is the system's own bookkeeping.
  public static let overheadBytes = FindingKey(rawValue: "overhead_bytes")
  /// Virtual blow-up: aligned 2 MiB blocks of address space with live data / ceil(live_bytes / 2 MiB);
  /// in a time average the quotient of the averages.
  public static let virtualBlowUp = FindingKey(rawValue: "blow_up_virtual")
  /// Physical blow-up: aligned 2 MiB blocks of memory with a frame in use / ceil(live_bytes / 2 MiB);
  /// in a time average the quotient of the averages.
  public static let physicalBlowUp = FindingKey(rawValue: "blow_up_physical")
  /// AnonHugePages of a real process.
  public static let anonHugeBytes = FindingKey(rawValue: "anon_huge_bytes")
  /// Free memory of the machine.
  public static let freeBytes = FindingKey(rawValue: "free_bytes")
  /// Free aligned 2 MiB blocks.
  public static let freeHugeBlocks = FindingKey(rawValue: "free_blocks_2mib")
  /// The ideal: floor(free frames / 512), what free memory would be in 2 MiB blocks without any
  /// fragmentation.
  public static let idealHugeBlocks = FindingKey(rawValue: "ideal_blocks_2mib")
  /// free_blocks_2mib / ideal_blocks_2mib; in a time average the average of the quotients (the
  /// replay score of the LLFree authors, there times 100).
  public static let hugeShare = FindingKey(rawValue: "available_share_2mib")
  /// Free aligned 1 GiB blocks.
  public static let freeGiganticBlocks = FindingKey(rawValue: "free_blocks_1gib")

  /// 2 MiB blocks that are free when reclaim has dropped the clean contents of files.
  public static let reclaimedHugeBlocks = FindingKey(rawValue: "after_reclaim_blocks_2mib")
  /// 2 MiB blocks after perfect compaction: the smaller of the blocks in which every frame can move and
  /// free frames / 512.
  public static let compactedHugeBlocks = FindingKey(rawValue: "after_compaction_blocks_2mib")
  /// The same with the watermark and the compaction gap of Linux left free.
  public static let attainableHugeBlocks = FindingKey(rawValue: "attainable_blocks_2mib")
  /// 2 MiB blocks with a frame that stays where it is.
  public static let blockedHugeBlocks = FindingKey(rawValue: "blocked_blocks_2mib")
  /// 1 GiB blocks after perfect compaction.
  public static let compactedGiganticBlocks = FindingKey(rawValue: "after_compaction_blocks_1gib")

  /// The unusable free space index of an order: the share of free memory that lies in blocks smaller
  /// than the order, U(j) = (F - sum over i >= j of n_i 2^i) / F.
  public static func unusableIndex(order: Int) -> FindingKey {
    FindingKey(rawValue: "unusable_index_\(order)")
  }
}
