import Translation

/// One stream of addresses: what an access costs, and what it did.
public struct TranslationRow: Encodable, Sendable {
  public var pattern: TranslationPattern
  /// Thread CPU time per access.
  public var accessNs: Spread?
  /// The same by one call for all.
  public var seriesNs: Spread?
  /// With data caches behind the MMU.
  public var cachedNs: Spread?
  /// A look into a flat array in place of the MMU.
  public var floorNs: Spread?
  public var firstLevelHitShare = 0.0
  public var secondLevelHitShare = 0.0
  public var walkShare = 0.0
  public var walkReads = 0.0
  public var fault: String?

  public var isVerified: Bool { fault == nil }

  init(pattern: TranslationPattern) { self.pattern = pattern }

  /// The best figure of the stream.
  public var bestNs: Double? {
    [accessNs?.min, seriesNs?.min].compactMap(\.self).min()
  }

  mutating func count(_ counters: MMUCounters) {
    let all = Double(max(counters.l1Data.lookups, 1))
    firstLevelHitShare = Double(counters.l1Data.hits) / all
    secondLevelHitShare = Double(counters.l2Data.hits) / all
    walkShare = Double(counters.walks) / all
    walkReads = Double(counters.walkReads) / Double(max(counters.walks, 1))
  }

  enum CodingKeys: String, CodingKey {
    case pattern, pages, verified, fault
    case accessNs = "access_ns"
    case seriesNs = "series_access_ns"
    case cachedNs = "with_data_caches_ns"
    case floorNs = "floor_ns"
    case firstLevelHitShare = "first_level_hit_share"
    case secondLevelHitShare = "second_level_hit_share"
    case walkShare = "walk_share"
    case walkReads = "reads_per_walk"
    case targetPerSecond = "target_accesses_per_second"
    case perSecond = "accesses_per_second"
  }

  /// Every key is always there; what is not known is null.
  public func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: CodingKeys.self)
    try row.encode(pattern, forKey: .pattern)
    try row.encode(pattern.pages, forKey: .pages)
    try row.encode(accessNs, forKey: .accessNs)
    try row.encode(seriesNs, forKey: .seriesNs)
    try row.encode(cachedNs, forKey: .cachedNs)
    try row.encode(floorNs, forKey: .floorNs)
    try row.encode(bestNs.map { 1e9 / $0 }, forKey: .perSecond)
    try row.encode(pattern.target.map { $0 * 1e6 }, forKey: .targetPerSecond)
    try row.encode(firstLevelHitShare, forKey: .firstLevelHitShare)
    try row.encode(secondLevelHitShare, forKey: .secondLevelHitShare)
    try row.encode(walkShare, forKey: .walkShare)
    try row.encode(walkReads, forKey: .walkReads)
    try row.encode(isVerified, forKey: .verified)
    try row.encode(fault, forKey: .fault)
  }
}

/// All that `framelab bench --suite translation` measured.
public struct TranslationResult: Encodable, Sendable {
  /// False when the run was stopped: rows are missing.
  public var isComplete = true
  public var repetitions: Int
  public var seed: UInt64
  public var accesses: Int
  public var rows: [TranslationRow]

  enum CodingKeys: String, CodingKey {
    case repetitions, seed, rows
    case accesses = "accesses_per_repetition"
    case isComplete = "complete"
  }
}
