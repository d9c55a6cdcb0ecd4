/// Moves per second: half of memory, at random, is free, and all of it is compacted.
public struct CompactionSpeedRow: Encodable, Sendable {
  public var allocator: String
  public var keepsContents: Bool
  public var moves: Int
  /// Per page moved.
  public var ns: Spread
  /// One copy of 4 KiB between random pages; nil where no bytes are kept.
  public var floorNs: Double?

  enum CodingKeys: String, CodingKey {
    case allocator, moves, ns
    case keepsContents = "keeps_contents"
    case floorNs = "floor_ns"
  }
}

/// What the availability answer calls attainable by Linux, and what a whole run of compaction leaves:
/// half of memory is free at random, and a share of the other half is pinned. Sums over the repetitions.
public struct CompactionPlanRow: Encodable, Sendable {
  public var allocator: String
  public var pinnedShare: Double
  public var planned: Int
  public var achieved: Int
  /// After perfect compaction.
  public var perfect: Int

  enum CodingKeys: String, CodingKey {
    case allocator
    case pinnedShare = "pinned_share"
    case planned = "attainable_blocks"
    case achieved = "achieved_blocks"
    case perfect = "perfect_blocks"
  }
}

/// The recovery experiment in a machine, with compaction after its rounds. Medians of the repetitions.
public struct CompactionRecoveryRow: Encodable, Sendable {
  public var allocator: String
  public var rounds: Int
  /// Free frames / 512.
  public var idealBlocks: Double
  /// Free 2 MiB blocks after the rounds, and after compaction.
  public var before: Double
  public var after: Double
  public var moves: Double
  /// The fewest moves for as many blocks (theory T10a); nil where the answer has no plan for so many.
  public var fewestMoves: Double?
  /// Per block of 2 MiB gained; nil when none was.
  public var movesPerBlock: Double? { after > before ? moves / (after - before) : nil }

  enum CodingKeys: String, CodingKey {
    case allocator, rounds, moves
    case idealBlocks = "ideal_blocks"
    case before = "before_blocks"
    case after = "after_blocks"
    case fewestMoves = "fewest_moves"
    case movesPerBlock = "moves_per_block"
  }

  public func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: CodingKeys.self)
    try row.encode(allocator, forKey: .allocator)
    try row.encode(rounds, forKey: .rounds)
    try row.encode(idealBlocks, forKey: .idealBlocks)
    try row.encode(before, forKey: .before)
    try row.encode(after, forKey: .after)
    try row.encode(moves, forKey: .moves)
    try row.encode(fewestMoves, forKey: .fewestMoves)
    try row.encode(movesPerBlock, forKey: .movesPerBlock)
  }
}

/// The published recipe of proactive compaction under one setting.
public struct CompactionRecipeRow: Encodable, Sendable {
  public var allocator: String
  public var proactiveness: Int
  /// Obtained as huge pages, of what was free.
  public var obtainedShare: Double
  /// Of the faults, simulated ns.
  public var medianNs: UInt64
  /// Faults that compacted by themselves.
  public var stalls: UInt64

  public init(
    allocator: String, proactiveness: Int, obtainedShare: Double, medianNs: UInt64, stalls: UInt64
  ) {
    self.allocator = allocator
    self.proactiveness = proactiveness
    self.obtainedShare = obtainedShare
    self.medianNs = medianNs
    self.stalls = stalls
  }

  enum CodingKeys: String, CodingKey {
    case allocator, proactiveness, stalls
    case obtainedShare = "obtained_share"
    case medianNs = "p50_ns"
  }
}

/// All that `framelab bench --suite compaction` measured.
public struct CompactionBenchResult: Encodable, Sendable {
  /// False when the run was stopped: rows are missing.
  public internal(set) var isComplete = true
  public var frames: Int
  public var repetitions: Int
  public var seed: UInt64
  public internal(set) var speed: [CompactionSpeedRow] = []
  public internal(set) var plan: [CompactionPlanRow] = []
  public internal(set) var recovery: [CompactionRecoveryRow] = []
  public internal(set) var recipe: [CompactionRecipeRow] = []
  public internal(set) var direct: [CompactionDirectRow] = []
  /// What a machine did wrong; the suite ends there.
  public internal(set) var fault: BenchmarkFault?

  init(frames: Int, repetitions: Int, seed: UInt64) {
    self.frames = frames
    self.repetitions = repetitions
    self.seed = seed
  }

  enum CodingKeys: String, CodingKey {
    case frames, repetitions, seed, speed, plan, recovery, direct, recipe, fault
    case isComplete = "complete"
  }
}
