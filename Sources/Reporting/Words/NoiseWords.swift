internal import Results

/// What the repetitions say about the differences that the sentences name.
struct NoiseWords {
  private let report: Report
  /// Systems that served all that was asked of them.
  private let served: [Report.Entry]
  private let ranked: [RankedPair]
  /// The figures that sentences rank.
  private static let figures: [(key: FindingKey, moment: Findings.Moment, name: String)] = [
    (.hugeShare, .end, "2\(Quantity.space)MiB pages"), (.heldPerLive, .livePeak, "memory held"),
  ]

  init(_ report: Report, _ served: [Report.Entry], _ ranked: [RankedPair]) {
    self.report = report
    self.served = served
    self.ranked = ranked
  }

  /// Nil when there is nothing to say.
  var sentence: String? {
    guard let fewest = report.entries.map(\.system.repetitions.count).min() else { return nil }
    if fewest < 3 {
      guard report.entries.count > 1 else { return nil }
      if report.sources.contains(where: \.result.isUneven) {
        return
          "Some systems have \(fewest == 1 ? "one repetition" : "two repetitions") only, so how "
          + "much of a difference is chance is not known."
      }
      let seeds = fewest == 1 ? "One repetition was" : "Only two repetitions were"
      return "\(seeds) made, so how much of a difference is chance is not known."
    }
    let sentences = [sameness(fewest), spread(fewest)].compactMap { $0 }
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }

  // MARK: Copies

  /// Where repetitions are copies of each other, which carry no interval.
  private func sameness(_ count: Int) -> String? {
    let constant = served.filter(\.isConstant)
    if constant.count == report.entries.count(where: { $0.system.kind != .recorded }) {
      return "All \(count) seeds gave the same figures: they do not depend on the seed."
    }
    if !ranked.isEmpty, ranked.allSatisfy(\.isSameThroughout) {
      return "All \(count) seeds gave these same figures."
    }
    var parts = [String]()
    if !constant.isEmpty { parts.append("the same figures for \(names(constant))") }
    for figure in Self.figures {
      let others = served.filter {
        !$0.isConstant && $0.estimate(figure.key, figure.moment)?.isConstant == true
      }
      let isRanked = ranked.contains { pair in
        pair.key == figure.key
          && others.contains { [pair.first.id, pair.second.id].contains($0.id) }
      }
      if isRanked { parts.append("the same \(figure.name) for \(names(others))") }
    }
    return parts.isEmpty ? nil : "All \(count) seeds gave \(Quantity.list(parts))."
  }

  private func names(_ entries: [Report.Entry]) -> String {
    Quantity.list(entries.map(\.spoken))
  }

  // MARK: Noise

  /// How the differences between samples stand to their noise. Nothing is said of copies.
  private func spread(_ count: Int) -> String? {
    let pairs = ranked.filter { !$0.isConstant }
    guard !pairs.isEmpty else { return nil }
    let unclear = Self.figures.compactMap { unclearPairs($0.key, $0.name, pairs) }
    if !unclear.isEmpty {
      return "Over \(repetitions(count, pairs))\(comma(pairs)) \(Quantity.list(unclear))."
    }
    let differing = pairs.filter { $0.comparison?.verdict == .differs }
    guard !differing.isEmpty else { return nil }
    let over =
      hasInstances
      ? repetitions(count, pairs) + comma(pairs) : "\(count) repetitions with different seeds,"
    if pairs.count == ranked.count {
      return "Over \(over) these differences are larger than their noise (95\(Quantity.space)%)."
    }
    let clear = Self.figures.compactMap { figure in
      let pairs = differing.filter { $0.key == figure.key }
      return pairs.isEmpty ? nil : "in \(figure.name) \(between(pairs))"
    }
    return "Over \(over) the difference \(Quantity.list(clear)) is larger than its noise "
      + "(95\(Quantity.space)%)."
  }

  /// Seeds decide when the instances start, if there is more than one.
  private var hasInstances: Bool { report.entries.allSatisfy { $0.configuration.instances > 1 } }

  private func repetitions(_ count: Int, _ pairs: [RankedPair]) -> String {
    hasInstances ? "\(count) seeds (start times of the instances)" : "\(count) repetitions"
  }

  private func comma(_ pairs: [RankedPair]) -> String {
    let isPaired = pairs.allSatisfy { $0.comparison?.isPaired == true }
    return hasInstances && isPaired ? ", compared seed by seed," : ","
  }

  /// `the difference in memory held between A and B is below the noise`; nil when the ranking of a
  /// figure is certain from each system to the next.
  private func unclearPairs(_ key: FindingKey, _ name: String, _ known: [RankedPair]) -> String? {
    let all = known.filter { $0.key == key }
    let pairs = all.filter(\.isUnclear)
    guard let first = all.first, let last = all.last, !pairs.isEmpty else { return nil }
    var ends = first
    ends.second = last.second
    if all.count > 1, pairs.count == all.count, !ends.isConstant, ends.isUnclear {
      return "no difference in \(name) is larger than the noise"
    }
    return "the difference in \(name) \(between(pairs)) is below the noise"
  }

  private func between(_ pairs: [RankedPair]) -> String {
    pairs.map { "between \($0.first.spoken) and \($0.second.spoken)" }.joined(separator: ", and ")
  }
}

extension Report.Entry {
  /// Whether all repetitions have the same figures at every moment.
  fileprivate var isConstant: Bool {
    let all = system.summary?.figures.values.flatMap(\.values) ?? []
    return !all.isEmpty && all.allSatisfy(\.isConstant)
  }
}
