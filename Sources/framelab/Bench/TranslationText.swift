import Benchmarking

/// What `framelab bench --suite translation` prints.
struct TranslationText {
  let result: TranslationResult
  /// The processor and its load.
  let hostWords: String

  init(_ result: TranslationResult, hostWords: String) {
    self.result = result
    self.hostWords = hostWords
  }

  var text: String {
    let first = result.isComplete ? [] : [BenchText.incomplete]
    let faults = result.rows.compactMap { row in row.fault.map { "  \(row.pattern): \($0)" } }
    let table = ([BenchTable.layOut(cells)] + faults).joined(separator: "\n")
    let head = first + [BenchFigure.wrapped(answer), BenchFigure.wrapped(hostWords)]
    return (head + [table, foot]).joined(separator: "\n\n")
  }

  var answer: String {
    let parts = result.rows.compactMap { row -> String? in
      guard let target = row.pattern.target, let ns = row.bestNs, ns > 0 else { return nil }
      let rate = 1000 / ns
      return "\(row.pattern.rawValue) \(Int(rate)) (\(rate >= target ? "at least" : "below") "
        + "\(Int(target)))"
    }
    return "Million accesses per second through the simulated TLBs, walk caches and page tables of "
      + "zen4, and what was asked for: \(parts.joined(separator: ", "))."
  }

  /// The table, heads first.
  var cells: [[String]] {
    let heads = [
      "", "M/s", "ns", "in series", "caches on", "floor ×", "L1 hits", "L2 hits", "walks",
      "reads/walk",
    ]
    let lines = result.rows.map { row -> [String] in
      guard let access = row.accessNs, let best = row.bestNs, let floor = row.floorNs else {
        return [row.pattern.rawValue] + [String](repeating: "-", count: heads.count - 1)
      }
      return [
        row.pattern.rawValue, "\(Int(1000 / best))", BenchFigure.ns(access.min),
        row.seriesNs.map { BenchFigure.ns($0.min) } ?? "-",
        row.cachedNs.map { BenchFigure.ns($0.min) } ?? "-", BenchFigure.ns(best / floor.min),
        BenchFigure.percent(row.firstLevelHitShare), BenchFigure.percent(row.secondLevelHitShare),
        BenchFigure.percent(row.walkShare), BenchFigure.ns(row.walkReads),
      ]
    }
    return [heads] + lines
  }

  var foot: String {
    """
    Thread CPU time, the best of \(result.repetitions) repetitions of \(result.accesses) accesses.
    in series: one call for all accesses, which asks for what a miss will read eight accesses before.
    caches on: every physical address also goes through L1d, L2 and L3.
    floor ×: against a look into a flat array from page to frame. Every physical address is checked
    by a sum, and the misses of the first 100,000 accesses against plain arrays in the order of use.
    """
  }
}
