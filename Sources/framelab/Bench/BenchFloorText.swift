import Benchmarking

/// Below the tables: the terms of every floor, and the ratios to published figures.
struct BenchFloorText {
  let result: BenchmarkResult

  init(_ result: BenchmarkResult) { self.result = result }

  var text: String {
    [terms, published].filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// A table per group, a line per row that has terms beside the stack.
  private var terms: String {
    let tables = BenchGroup.groups(result.rows).compactMap { group -> String? in
      var lines = [
        [
          "floor, ns · \(group.title)", "figure", "stack", "atomics", "=", "misses", "=", "floor",
          "×",
        ]
      ]
      for row in group.rows {
        guard let floor = row.floor, floor.atomics != nil, let figure = row.figureNs else {
          continue
        }
        let numbers = [
          figure.min, floor.stackNs, floor.atomics, floor.atomicsNs, floor.misses, floor.missesNs,
          floor.floorNs, floor.ratio,
        ]
        lines.append(
          ["\(row.title) · \(row.plan.pattern.rawValue)"]
            + numbers.map { $0.map { BenchFigure.ns($0) } ?? "-" })
      }
      return lines.count > 1 ? BenchTable.layOut(lines) : nil
    }
    guard !tables.isEmpty else { return "" }
    return tables.joined(separator: "\n\n")
      + "\nThe larger of the stack and of atomics + misses; per free of random, else per pair."
  }

  private var published: String {
    let rows = result.rows.filter { $0.againstPublished != nil && $0.allocator != "stack" }
    guard !rows.isEmpty else { return "" }
    var lines = [
      ["against a published figure, LLFree in Rust: times faster", "alloc", "free", "pair"]
    ]
    for row in rows {
      guard let factor = row.againstPublished else { continue }
      lines.append(
        ["\(row.title) · \(row.plan.words)"]
          + [factor.allocFactor, factor.freeFactor, factor.pairFactor].map {
            $0.map { BenchFigure.ns($0) } ?? "-"
          })
    }
    return BenchTable.layOut(lines)
      + "\nEach in units of its own machine's lock xadd: \(BenchFigure.ns(result.primitives.addNs)) ns "
      + "here, 2.0 ns there." + (rows.contains { $0.plan.pattern == .churn } ? Self.churn : "")
  }

  private static let churn =
    "\nTheir churn picked blocks at random instead of in a shuffled order (stack: 2.5 ns)."
}
