/// The recovery experiment on all systems that can take part, repetitions going round them.
public struct RecoverySuite: Sendable {
  public var systems: [BenchmarkSystem]
  public var cases: [RecoveryCase]
  public var repetitions: Int
  public var seed: UInt64

  public init(
    systems: [BenchmarkSystem], cases: [RecoveryCase], repetitions: Int, seed: UInt64 = 1
  ) {
    self.systems = systems.filter { $0.recover != nil }
    self.cases = cases
    self.repetitions = repetitions
    self.seed = seed
  }

  /// When `progress` throws `CancellationError`, the result has what was measured until then.
  public func result(_ progress: (BenchmarkRun.Progress) throws -> Void) throws -> RecoveryResult {
    var result = RecoveryResult(repetitions: repetitions, seed: seed, rows: [])
    var done = 0
    for plan in cases where result.isComplete {
      var results = [Result<[RecoveryRepetition], BenchmarkFault>](
        repeating: .success([]), count: systems.count)
      do {
        for repetition in 0..<repetitions {
          for (index, system) in systems.enumerated() {
            let state = BenchmarkRun.Progress(
              done: done, total: cases.count * systems.count * repetitions,
              what: "\(system.title) · \(plan.words)")
            try progress(state)
            if case .success(let earlier) = results[index], let recover = system.recover {
              results[index] = try BenchmarkRun.outcome(progress, state) {
                try recover(plan, seed &+ UInt64(repetition))
              }.map { earlier + [$0] }
            }
            done += 1
          }
        }
      } catch is CancellationError {
        result.isComplete = false
      }
      for (system, outcome) in zip(systems, results) where BenchmarkRun.isSomething(outcome) {
        result.rows.append(RecoveryRow(system, plan, outcome))
      }
    }
    if !result.isComplete, result.rows.isEmpty { throw CancellationError() }
    return result
  }
}

/// All that `framelab bench --suite recovery` measured.
public struct RecoveryResult: Encodable, Sendable {
  /// False when the run was stopped: rows are missing or have fewer repetitions.
  public var isComplete = true
  public var repetitions: Int
  public var seed: UInt64
  public var rows: [RecoveryRow]
  /// What was found out about foreign allocators before.
  public var plugins: [PluginReport] = []

  enum CodingKeys: String, CodingKey {
    case repetitions, seed, rows, plugins
    case isComplete = "complete"
  }
}
