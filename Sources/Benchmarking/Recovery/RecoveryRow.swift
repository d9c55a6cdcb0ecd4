/// One row of the recovery table: an allocator in a case, over all repetitions.
public struct RecoveryRow: Encodable, Sendable {
  public var allocator: String
  public var title: String
  public var plan: RecoveryCase
  public var recoveredShare: Spread?
  /// Of the curve over all rounds: the LLFree authors' replay score divided by 100.
  public var meanShare: Spread?
  public var pairNs: Spread?
  /// The median of the repetitions, after each round.
  public var curve: [Double]
  public var provenBlocks: Int?
  public var idealBlocks: Int
  public var heldFrames: Int?
  public var fault: BenchmarkFault?

  public var isVerified: Bool { fault == nil }

  init(
    _ system: BenchmarkSystem, _ plan: RecoveryCase,
    _ outcome: Result<[RecoveryRepetition], BenchmarkFault>
  ) {
    allocator = system.name
    title = system.title
    self.plan = plan
    idealBlocks = plan.idealBlocks
    curve = []
    switch outcome {
    case .success(let repetitions):
      recoveredShare = Spread(repetitions.map(\.recoveredShare))
      pairNs = Spread(repetitions.map(\.pairNs))
      meanShare = Spread(
        repetitions.map { $0.curve.reduce(0, +) / Double(max($0.curve.count, 1)) })
      let points = repetitions.map(\.curve.count).min() ?? 0
      curve = (0..<points).map { point in
        Spread(repetitions.map { $0.curve[point] })?.median ?? 0
      }
      provenBlocks = repetitions.last?.provenBlocks
      heldFrames = repetitions.last?.heldFrames
    case .failure(let fault): self.fault = fault
    }
  }

  enum CodingKeys: String, CodingKey {
    case allocator, order, rounds, curve, verified, fault
    case memoryBytes = "memory_bytes"
    case freePercent = "free_percent"
    case isMixed = "mixed_classes"
    case recoveredShare = "recovered_share"
    case meanShare = "mean_share"
    case pairNs = "pair_ns"
    case provenBlocks = "proven_blocks"
    case idealBlocks = "ideal_blocks"
    case heldFrames = "held_frames"
  }

  /// Every key is always there; what is not known is null.
  public func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: CodingKeys.self)
    try row.encode(allocator, forKey: .allocator)
    try row.encode(plan.memoryBytes, forKey: .memoryBytes)
    try row.encode(plan.order, forKey: .order)
    try row.encode(plan.freePercent, forKey: .freePercent)
    try row.encode(plan.isMixed, forKey: .isMixed)
    try row.encode(plan.rounds, forKey: .rounds)
    try row.encode(recoveredShare, forKey: .recoveredShare)
    try row.encode(meanShare, forKey: .meanShare)
    try row.encode(pairNs, forKey: .pairNs)
    try row.encode(curve, forKey: .curve)
    try row.encode(provenBlocks, forKey: .provenBlocks)
    try row.encode(idealBlocks, forKey: .idealBlocks)
    try row.encode(heldFrames, forKey: .heldFrames)
    try row.encode(isVerified, forKey: .verified)
    try row.encode(fault, forKey: .fault)
  }
}
