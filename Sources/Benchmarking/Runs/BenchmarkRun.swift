import MemoryUnits

/// All cases on all systems: for each case the repetitions go round the systems, so that what
/// disturbs the host for a while disturbs all of them.
public struct BenchmarkRun: Sendable {
  public var systems: [BenchmarkSystem]
  public var cases: [BenchmarkCase]
  public var repetitions: Int
  public var seed: UInt64

  public init(
    systems: [BenchmarkSystem], cases: [BenchmarkCase], repetitions: Int, seed: UInt64 = 1
  ) {
    self.systems = systems
    self.cases = cases
    self.repetitions = repetitions
    self.seed = seed
  }

  /// Where a run is: `done` of `total` repetitions.
  public struct Progress: Sendable {
    public var done: Int
    public var total: Int
    public var what: String
  }

  /// Measures everything, and the primitives before and after it. When `progress` throws
  /// `CancellationError`, the result has what was measured until then; throws it where that is nothing.
  public func result(_ progress: (Progress) throws -> Void) throws -> BenchmarkResult {
    try progress(Progress(done: 0, total: total, what: "what instructions cost on this host"))
    let before = PrimitiveFloor.measure()
    var (rows, absent, isComplete) = try execute(progress)
    guard isComplete else {
      if rows.isEmpty { throw CancellationError() }
      return BenchmarkResult(
        isComplete: false, repetitions: repetitions, seed: seed, primitives: before, rows: rows,
        absent: absent)
    }
    // Before and after: the last level of cache belongs to everybody on the machine.
    let primitives = before.least(PrimitiveFloor.measure())
    for index in rows.indices {
      let row = rows[index]
      let system = systems.first { $0.name == row.allocator }
      let stack = rows.first {
        $0.plan == row.asked && $0.allocator == BenchmarkSystem.frameStack.name
      }
      rows[index].floor = Floor(
        row, stack: stack, demand: system?.demand(row.plan), primitives: primitives)
      rows[index].againstPublished = AgainstPublished(row, addNs: primitives.addNs)
    }
    return BenchmarkResult(
      repetitions: repetitions, seed: seed, primitives: primitives, rows: rows, absent: absent)
  }

  private var total: Int { cases.count * systems.count * repetitions }

  /// Rows by case, then by system. A system that cannot run a case has no row in it. A fault ends the
  /// case for the system that had it; the others go on. `CancellationError` of `progress` ends all.
  private func execute(
    _ progress: (Progress) throws -> Void
  ) throws -> (rows: [BenchmarkRow], absent: [BenchmarkAbsence], isComplete: Bool) {
    var rows: [BenchmarkRow] = []
    var absent: [BenchmarkAbsence] = []
    var done = 0
    var isComplete = true
    for plan in cases where isComplete {
      let running = systems.filter { $0.obstacle($0.adapt(plan)) == nil }
      done += (systems.count - running.count) * repetitions
      var results = [Result<[Repetition], BenchmarkFault>](
        repeating: .success([]), count: running.count)
      do {
        for repetition in 0..<repetitions {
          for turn in running.indices {
            // Each begins a round once in a while: the first after another's work finds cold caches.
            let index = (turn + repetition) % running.count
            let system = running[index]
            let state = Progress(
              done: done, total: total, what: "\(system.title) · \(plan.words)")
            try progress(state)
            if case .success(let earlier) = results[index] {
              results[index] = try Self.outcome(progress, state) {
                try system.measure(system.adapt(plan), seed &+ UInt64(repetition))
              }
              .map { earlier + [$0] }
            }
            done += 1
          }
        }
      } catch is CancellationError {
        isComplete = false
      }
      for (system, outcome) in zip(running, results) where Self.isSomething(outcome) {
        // What this host does not have is no fault of anybody.
        if system.mayBeAbsent, case .failure(let fault) = outcome, fault.kind == .unavailable {
          let absence = BenchmarkAbsence(system.name, fault.detail)
          if !absent.contains(absence) { absent.append(absence) }
          continue
        }
        rows.append(BenchmarkRow(system, system.adapt(plan), asked: plan, outcome))
      }
    }
    return (rows, absent, isComplete)
  }

  /// Whether there is something to say in a row.
  static func isSomething<Value>(_ outcome: Result<[Value], BenchmarkFault>) -> Bool {
    if case .success(let repetitions) = outcome { !repetitions.isEmpty } else { true }
  }

  /// What one repetition gave. Ctrl-C ends a child process, too: before something is called a fault,
  /// `progress` may say that it is none by throwing.
  static func outcome<Value>(
    _ progress: (Progress) throws -> Void, _ state: Progress, _ measure: () throws -> Value
  ) throws -> Result<Value, BenchmarkFault> {
    do {
      return .success(try measure())
    } catch {
      try progress(state)
      let fault = error as? BenchmarkFault
      return .failure(fault ?? BenchmarkFault(.crashed, String(describing: error)))
    }
  }
}

extension BenchmarkCase {
  /// `random, order 0, 8GiB, 2 threads`
  public var words: String {
    var words = "\(pattern.rawValue), order \(order), \(memory.rounded)"
    if threads > 1 { words += ", \(threads) threads" }
    if start == .aged { words += ", aged" }
    return words
  }
}
