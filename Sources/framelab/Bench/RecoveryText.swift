import Benchmarking
import MemoryUnits

/// What `framelab bench --suite recovery` prints.
struct RecoveryText {
  let result: RecoveryResult
  /// The processor and its load.
  let hostWords: String

  init(_ result: RecoveryResult, hostWords: String) {
    self.result = result
    self.hostWords = hostWords
  }

  var text: String {
    let first = result.isComplete ? [] : [BenchText.incomplete]
    let plugins = result.plugins.isEmpty ? [] : [BenchPluginText(reports: result.plugins).text]
    let head = first + [BenchFigure.wrapped(answer), BenchFigure.wrapped(hostWords)]
    return (head + tables + plugins + [foot]).joined(separator: "\n\n")
  }

  var cases: [RecoveryCase] {
    var cases: [RecoveryCase] = []
    for row in result.rows where !cases.contains(row.plan) { cases.append(row.plan) }
    return cases
  }

  /// The first case in words.
  var answer: String {
    guard let plan = cases.first else { return "No allocator can take part." }
    let rows = result.rows.filter { $0.plan == plan }
    let parts = rows.compactMap { row -> String? in
      guard let share = row.recoveredShare, let pair = row.pairNs else { return nil }
      let median = BenchFigure.percent(share.median)
      return "\(row.title) \(median) at \(BenchFigure.ns(pair.min)) ns per pair"
    }
    return "After \(plan.rounds) rounds of replacing a tenth of what is live, \(plan.words), this "
      + "share of the possible 2 MiB blocks was free: \(parts.joined(separator: ", "))."
  }

  private var tables: [String] {
    cases.map { plan in
      let faults = result.rows.filter { $0.plan == plan }.compactMap { row in
        row.fault.map { "  \(row.title): \($0)" }
      }
      let title = "\(plan.words), \(plan.memory.rounded), \(plan.rounds) rounds"
      return ([title, BenchTable.layOut(cells(plan))] + faults).joined(separator: "\n")
    }
  }

  /// The table of a case, heads first.
  func cells(_ plan: RecoveryCase) -> [[String]] {
    let heads = [
      "", "recovered", "min", "mean", "round 1", "10", "50", "ns/pair", "blocks", "held",
    ]
    let rows = result.rows.filter { $0.plan == plan }
    let lines = rows.map { row -> [String] in
      guard let share = row.recoveredShare, let mean = row.meanShare, let pair = row.pairNs else {
        return [row.title, "fault"] + [String](repeating: "-", count: heads.count - 2)
      }
      let points = [1, 10, 50].map { round in
        round < row.curve.count ? BenchFigure.percent(row.curve[round]) : "-"
      }
      return [row.title, BenchFigure.percent(share.median), BenchFigure.percent(share.min)]
        + [BenchFigure.percent(mean.median)] + points + [
          BenchFigure.ns(pair.min), "\(row.provenBlocks ?? 0)/\(row.idealBlocks)",
          row.heldFrames.map { "\($0)" } ?? "-",
        ]
    }
    return [heads] + lines
  }

  var foot: String {
    """
    recovered: 2 MiB blocks that were really allocated at the end, as a share of free frames / 512; the
    frames that cores held count as used. mean, round: 2 MiB blocks without a live frame. Medians of
    \(result.repetitions); ns per pair of free and allocation in thread CPU time, the best.
    """
  }
}
