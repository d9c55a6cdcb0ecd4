public import Results

/// One policy over all repetitions.
public struct SuperpageRow: Encodable, Sendable {
  public var policy: SuperpagePolicy
  public var repetitions: [SuperpageRepetition] = []
  public var fault: BenchmarkFault?

  init(_ policy: SuperpagePolicy, _ outcome: Result<[SuperpageRepetition], BenchmarkFault>) {
    self.policy = policy
    switch outcome {
    case .success(let repetitions): self.repetitions = repetitions
    case .failure(let fault): self.fault = fault
    }
  }

  /// A figure's mean and 95 % confidence interval; nil without repetitions.
  public func estimate(_ figure: KeyPath<SuperpageRepetition, Int>) -> Estimate? {
    Estimate(repetitions.map { Double($0[keyPath: figure]) })
  }

  /// The figures, by their names in JSON.
  public static var figures: [(name: String, path: KeyPath<SuperpageRepetition, Int>)] {
    [
      ("free_blocks", \.freeBlocks), ("compacted_blocks", \.compactedBlocks),
      ("superpageblocks", \.superpageblocks),
      ("tainted_superpageblocks", \.taintedSuperpageblocks), ("kernel_blocks", \.kernelBlocks),
      ("kernel_ideal", \.kernelIdeal), ("refused", \.refused), ("requests", \.requests),
      ("moved", \.moved),
    ]
  }

  enum CodingKeys: String, CodingKey {
    case policy, repetitions, means, fault
  }

  public func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: CodingKeys.self)
    try row.encode(policy, forKey: .policy)
    try row.encode(
      Dictionary(
        uniqueKeysWithValues: Self.figures.compactMap { figure in
          estimate(figure.path).map { (figure.name, $0) }
        }), forKey: .means)
    try row.encode(repetitions, forKey: .repetitions)
    try row.encode(fault, forKey: .fault)
  }
}
