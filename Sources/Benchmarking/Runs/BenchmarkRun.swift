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

  /// Measures everything, and the primitives before and after it.
  public func result(_ progress: (Progress) throws -> Void) throws -> BenchmarkResult {
    try progress(Progress(done: 0, total: total, what: "what instructions cost on this host"))
    let before = PrimitiveFloor.measure()
    var rows = try execute(progress)
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
      repetitions: repetitions, seed: seed, primitives: primitives, rows: rows)
  }

  private var total: Int { cases.count * systems.count * repetitions }

  /// Rows by case, then by system. A system that cannot run a case has no row in it. A fault ends the
  /// case for the system that had it; the others go on. Throws what `progress` throws.
  func execute(_ progress: (Progress) throws -> Void) throws -> [BenchmarkRow] {
    var rows: [BenchmarkRow] = []
    var done = 0
    for plan in cases {
      let running = systems.filter { $0.obstacle($0.adapt(plan)) == nil }
      done += (systems.count - running.count) * repetitions
      var results = [Result<[Repetition], BenchmarkFault>](
        repeating: .success([]), count: running.count)
      for repetition in 0..<repetitions {
        for turn in running.indices {
          // Each begins a round once in a while: the first after another's work finds cold caches.
          let index = (turn + repetition) % running.count
          let system = running[index]
          try progress(
            Progress(
              done: done, total: total,
              what: "\(system.title) · \(plan.words)"))
          if case .success(let earlier) = results[index] {
            results[index] = Self.outcome {
              try system.measure(system.adapt(plan), seed &+ UInt64(repetition))
            }
            .map { earlier + [$0] }
          }
          done += 1
        }
      }
      for (system, outcome) in zip(running, results) {
        // What this host does not have is no fault of anybody.
        if system.mayBeAbsent, case .failure(let fault) = outcome, fault.kind == .unavailable {
          continue
        }
        rows.append(BenchmarkRow(system, system.adapt(plan), asked: plan, outcome))
      }
    }
    return rows
  }

  static func outcome<Value>(
    _ measure: () throws -> Value
  ) -> Result<Value, BenchmarkFault> {
    do {
      return .success(try measure())
    } catch let fault as BenchmarkFault {
      return .failure(fault)
    } catch {
      return .failure(BenchmarkFault(.crashed, String(describing: error)))
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
