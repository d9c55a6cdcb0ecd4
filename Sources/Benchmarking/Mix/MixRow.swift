public import Results

/// One policy over all repetitions.
public struct MixRow: Encodable, Sendable {
  public var policy: String
  public var repetitions: [MixRepetition] = []
  public var fault: BenchmarkFault?

  init(_ policy: String, _ outcome: Result<[MixRepetition], BenchmarkFault>) {
    self.policy = policy
    switch outcome {
    case .success(let repetitions): self.repetitions = repetitions
    case .failure(let fault): self.fault = fault
    }
  }

  /// Faults without a huge page, as a share of all of a run.
  public var fallback: Estimate? { Estimate(repetitions.map(\.fallbackShare)) }

  /// A figure of one round.
  public func estimate(
    _ figure: KeyPath<MixRepetition.Round, Double>, round: Int
  ) -> Estimate? {
    Estimate(repetitions.map { $0.rounds[round][keyPath: figure] })
  }

  private struct Round: Encodable {
    var huge_share: Estimate?
    var unmovable_share: Estimate?
    var mixed_share: Estimate?
  }

  enum CodingKeys: String, CodingKey {
    case policy, rounds, repetitions, fault
    case fallback = "fallback_share"
  }

  public func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: CodingKeys.self)
    try row.encode(policy, forKey: .policy)
    try row.encode(fallback, forKey: .fallback)
    let rounds = (0..<(repetitions.first?.rounds.count ?? 0)).map { round in
      Round(
        huge_share: estimate(\.hugeShare, round: round),
        unmovable_share: estimate(\.unmovableShare, round: round),
        mixed_share: estimate(\.mixedShare, round: round))
    }
    try row.encode(rounds, forKey: .rounds)
    try row.encode(repetitions, forKey: .repetitions)
    try row.encode(fault, forKey: .fault)
  }
}
