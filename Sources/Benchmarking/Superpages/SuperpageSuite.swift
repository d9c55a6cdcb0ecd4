import Fragmentation

/// The superpage experiment under all policies, repetitions going round them, each with a seed of its own
/// that is the same for all.
public struct SuperpageSuite: Sendable {
  /// The experiment.
  public var plan: SuperpageCase
  /// In the order of the table.
  public var policies: [SuperpagePolicy]
  /// Of each policy.
  public var repetitions: Int
  /// Of the first repetition; the others count up from it.
  public var seed: UInt64

  public init(
    _ plan: SuperpageCase, policies: [SuperpagePolicy] = SuperpagePolicy.allCases,
    repetitions: Int = 5, seed: UInt64 = 1
  ) {
    self.plan = plan
    self.policies = policies
    self.repetitions = repetitions
    self.seed = seed
  }

  /// When `progress` throws `CancellationError`, the result has what was measured until then.
  public func result(
    _ progress: (BenchmarkRun.Progress) throws -> Void
  ) throws -> SuperpageResult {
    var result = SuperpageResult(plan: plan, repetitions: repetitions, seed: seed)
    var outcomes = [Result<[SuperpageRepetition], BenchmarkFault>](
      repeating: .success([]), count: policies.count)
    do {
      for repetition in 0..<repetitions {
        for (index, policy) in policies.enumerated() {
          let state = BenchmarkRun.Progress(
            done: repetition * policies.count + index, total: repetitions * policies.count,
            what: policy.rawValue)
          try progress(state)
          guard case .success(let earlier) = outcomes[index] else { continue }
          outcomes[index] = try BenchmarkRun.outcome(progress, state) {
            try policy.run(plan, seed: seed &+ UInt64(repetition))
          }.map { earlier + [$0] }
        }
      }
    } catch is CancellationError {
      result.isComplete = false
    }
    for (policy, outcome) in zip(policies, outcomes) where BenchmarkRun.isSomething(outcome) {
      result.rows.append(SuperpageRow(policy, outcome))
    }
    if !result.isComplete, result.rows.isEmpty { throw CancellationError() }
    return result
  }
}

/// All that `framelab bench --suite superpages` measured.
public struct SuperpageResult: Encodable, Sendable {
  /// False when the run was stopped: rows are missing or have fewer repetitions.
  public internal(set) var isComplete = true
  public let plan: SuperpageCase
  public let repetitions: Int
  public let seed: UInt64
  public internal(set) var rows: [SuperpageRow] = []

  init(plan: SuperpageCase, repetitions: Int, seed: UInt64) {
    self.plan = plan
    self.repetitions = repetitions
    self.seed = seed
  }

  enum CodingKeys: String, CodingKey {
    case plan, repetitions, seed, rows
    case isComplete = "complete"
  }
}
