import Benchmarking

/// The first sentences: how fast the first allocator of the tables is, against the others.
struct BenchAnswer {
  let result: BenchmarkResult

  init(_ result: BenchmarkResult) { self.result = result }

  var text: String {
    let groups = BenchGroup.groups(result.rows)
    guard let group = groups.first, let name = group.allocators.first,
      let row = group.rows.first(where: { $0.allocator == name && $0.isVerified }),
      let figure = row.figureNs
    else { return "" }
    var sentence =
      "\(row.title) takes \(BenchFigure.ns(figure.min)) ns for \(Self.what(row.plan))"
    if let floor = row.floor {
      sentence += ", \(BenchFigure.ns(floor.ratio)) times what the hardware allows"
    }
    sentence += "."
    let others = group.rows.filter {
      $0.asked == row.asked && $0.allocator != name && $0.allocator != "stack" && $0.isVerified
    }
    let comparisons = others.compactMap { other -> String? in
      guard let theirs = other.figureNs, figure.min > 0 else { return nil }
      return "\(other.title) \(BenchFigure.ns(theirs.min)) ns"
    }
    if !comparisons.isEmpty {
      sentence += " For the same: \(comparisons.joined(separator: ", "))."
    }
    let faults = result.rows.filter { !$0.isVerified }
    if !faults.isEmpty {
      sentence += " \(faults.count) of \(result.rows.count) rows have a fault instead of figures."
    }
    return sentence
  }

  private static func what(_ plan: BenchmarkCase) -> String {
    switch plan.pattern {
    case .random: "a free in random order (order \(plan.order))"
    case .refill: "an allocation from nearly full memory (order \(plan.order))"
    case .repeat: "allocating and freeing one block again and again (order \(plan.order))"
    case .churn: "freeing a random block and allocating another (order \(plan.order))"
    default: "allocating and freeing a block in bulk (order \(plan.order))"
    }
  }
}
