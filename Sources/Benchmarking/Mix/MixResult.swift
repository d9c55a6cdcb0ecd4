public import Results

/// All that `framelab bench --suite mix` found.
public struct MixResult: Encodable, Sendable {
  /// False when the run was stopped: rows are missing or have fewer repetitions.
  public internal(set) var isComplete = true
  public let memoryBytes: Int
  public let rounds: Int
  public let repetitions: Int
  public let seed: UInt64
  /// As Linux comes, and with defrag_mode.
  public internal(set) var rows: [MixRow] = []

  init(memoryBytes: Int, rounds: Int, repetitions: Int, seed: UInt64) {
    self.memoryBytes = memoryBytes
    self.rounds = rounds
    self.repetitions = repetitions
    self.seed = seed
  }

  /// By which share fallback falls with defrag_mode, seed by seed; negative where it rises. Nil unless
  /// both policies have a run of one seed in which pages were missed without it.
  public var reduction: Estimate? {
    guard rows.count == 2 else { return nil }
    let pairs = zip(rows[0].repetitions, rows[1].repetitions)
      .map { ($0.fallbackShare, $1.fallbackShare) }
    return Estimate(pairs.filter { $0.0 > 0 }.map { 1 - $1 / $0 })
  }

  /// What J. Weiner measured for the patch of vm.defrag_mode (Linux 6.15), and what is asked of the
  /// simulation.
  public static var publishedReduction: Double { 0.75 }
  public static var askedReduction: Double { 0.6 }

  enum CodingKeys: String, CodingKey {
    case rounds, repetitions, seed, rows, reduction
    case published = "published_reduction"
    case asked = "asked_reduction"
    case memoryBytes = "memory_bytes"
    case isComplete = "complete"
  }

  public func encode(to encoder: any Encoder) throws {
    var top = encoder.container(keyedBy: CodingKeys.self)
    try top.encode(isComplete, forKey: .isComplete)
    try top.encode(memoryBytes, forKey: .memoryBytes)
    try top.encode(rounds, forKey: .rounds)
    try top.encode(repetitions, forKey: .repetitions)
    try top.encode(seed, forKey: .seed)
    try top.encode(rows, forKey: .rows)
    try top.encode(reduction, forKey: .reduction)
    try top.encode(Self.publishedReduction, forKey: .published)
    try top.encode(Self.askedReduction, forKey: .asked)
  }
}
