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

  public func result(_ progress: (BenchmarkRun.Progress) throws -> Void) throws -> RecoveryResult {
    var rows: [RecoveryRow] = []
    var done = 0
    for plan in cases {
      var results = [Result<[RecoveryRepetition], BenchmarkFault>](
        repeating: .success([]), count: systems.count)
      for repetition in 0..<repetitions {
        for (index, system) in systems.enumerated() {
          try progress(
            BenchmarkRun.Progress(
              done: done, total: cases.count * systems.count * repetitions,
              what: "\(system.title) · \(plan.words)"))
          if case .success(let earlier) = results[index], let recover = system.recover {
            results[index] = BenchmarkRun.outcome {
              try recover(plan, seed &+ UInt64(repetition))
            }.map { earlier + [$0] }
          }
          done += 1
        }
      }
      for (system, outcome) in zip(systems, results) {
        rows.append(RecoveryRow(system, plan, outcome))
      }
    }
    return RecoveryResult(repetitions: repetitions, seed: seed, rows: rows)
  }
}

/// All that `framelab bench --suite recovery` measured.
public struct RecoveryResult: Encodable, Sendable {
  public var repetitions: Int
  public var seed: UInt64
  public var rows: [RecoveryRow]
  /// What was found out about foreign allocators before.
  public var plugins: [PluginReport] = []
}
