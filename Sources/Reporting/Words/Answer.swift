internal import Results

/// The report in a few sentences, each made from findings and saying no more than they carry.
struct Answer: Sendable {
  /// What was found: how much is free, in which pieces, and what the systems hold for it.
  private(set) var findings = [String]()
  /// What stands beside it: the recorded program, and how far the differences can be trusted.
  private(set) var remarks = [String]()
  private let report: Report
  /// Pairs that a sentence ranks, to be checked against the noise.
  private var ranked = [(FindingKey, Findings.Moment, Report.Entry, Report.Entry)]()

  init(_ report: Report) {
    self.report = report
    findings = [warning, availability(), holding()].compactMap { $0 }
    remarks = [recorded, noise].compactMap { $0 }
  }

  // MARK: Availability

  private mutating func availability() -> String? {
    let known = descending(.hugeShare, at: .end)
    guard let best = known.first else { return nil }
    let free = known.compactMap { $0.mean(.freeBytes, .end) }
    var text = freeMemory(free)
    if known.count == 1 {
      let blocks = best.mean(.freeHugeBlocks, .end).map { Quantity.number($0) } ?? "?"
      let ideal = best.mean(.idealHugeBlocks, .end).map { Quantity.number($0) } ?? "?"
      text +=
        " As 2\(Quantity.space)MiB pages, \(best.spoken) could hand out \(share(best)) of that now "
      return text + "(\(blocks) of \(ideal))."
    }
    if Set(known.map(share)).count == 1 {
      return text
        + " As 2\(Quantity.space)MiB pages, every system could hand out \(share(best)) of that now."
    }
    let shown = known.count <= 4 ? known.dropFirst() : known.dropFirst().prefix(1)
    let last = known.count <= 4 ? [] : known.suffix(1)
    rank([best] + shown + last, .hugeShare, .end)
    var parts = ["\(best.spoken) could hand out \(share(best)) of that now"]
    parts += shown.map { "\($0.spoken) \(share($0))" }
    text += " As 2\(Quantity.space)MiB pages, " + Quantity.list(parts)
    if known.count > 4, let worst = known.last {
      text += "; the other \(known.count - 2) systems less, \(worst.spoken) least: \(share(worst))"
    }
    return text + "."
  }

  private func freeMemory(_ free: [Double]) -> String {
    guard let least = free.min(), let most = free.max() else { return "" }
    let machines = Set(report.sources.map(\.result.configuration.machineBytes))
    let machine =
      machines.count == 1
      ? " of the \(Quantity.bytes(Double(machines.first ?? 0))) machine" : " of the machine"
    if Quantity.bytes(least) == Quantity.bytes(most) {
      return "After the run \(Quantity.bytes(most))\(machine) are free."
    }
    return "After the run \(Quantity.bytes(least)) to \(Quantity.bytes(most))\(machine) are free."
  }

  private func share(_ entry: Report.Entry) -> String {
    entry.mean(.hugeShare, .end).map(Quantity.percent) ?? "?"
  }

  // MARK: Holding

  private mutating func holding() -> String? {
    let known = Array(descending(.heldPerLive, at: .livePeak).reversed())
      .filter { $0.system.kind != .recorded }
    guard let least = known.first, let most = known.last else { return nil }
    let moment = "At the peak" + livePeak(known)
    if known.count == 1 { return "\(moment), \(least.spoken) held \(held(least))." }
    if heldRatio(least) == heldRatio(most) {
      return "\(moment), all systems held \(heldRatio(least))\(Quantity.space)× the live bytes."
    }
    rank([least, most], .heldPerLive, .livePeak)
    return "\(moment), \(least.spoken) held least, \(held(least)), and \(most.spoken) most, "
      + "\(held(most))."
  }

  /// The live bytes at the peak, when they are the same for all up to 2 %: samples of processes are
  /// taken at slightly other moments than those of a model.
  private func livePeak(_ entries: [Report.Entry]) -> String {
    let live = entries.compactMap { $0.mean(.liveBytes, .livePeak) }
    guard let least = live.min(), let most = live.max(), most <= least * 1.02 else {
      return " of live memory"
    }
    let isSame = Quantity.bytes(least) == Quantity.bytes(most)
    return ", with \(isSame ? "" : "about ")\(Quantity.bytes(most)) live"
  }

  private func held(_ entry: Report.Entry) -> String {
    let bytes = entry.mean(.heldBytes, .livePeak).map(Quantity.bytes) ?? "?"
    return "\(bytes) (\(heldRatio(entry))\(Quantity.space)× live)"
  }

  private func heldRatio(_ entry: Report.Entry) -> String {
    entry.mean(.heldPerLive, .livePeak).map(Quantity.ratio) ?? "?"
  }

  private var recorded: String? {
    let known = report.entries.filter {
      $0.system.kind == .recorded && $0.mean(.heldBytes, .livePeak) != nil
    }
    guard known.count == 1, let entry = known.first else { return nil }
    return "The recorded program itself was resident with \(held(entry)), its code and stacks "
      + "included."
  }

  // MARK: How far to trust it

  private var warning: String? {
    let failing = report.entries.compactMap { entry -> String? in
      let failed = entry.system.repetitions.reduce(0 as UInt64) {
        $0 + ($1.counters["failed_allocations"] ?? 0)
      }
      return failed == 0 ? nil : "\(entry.spoken) (\(Quantity.number(failed)))"
    }
    guard !failing.isEmpty else { return nil }
    return "The machine was too small: allocations failed in \(Quantity.list(failing)), whose "
      + "figures stand for less memory than was asked for."
  }

  /// What the repetitions say about the differences that the sentences name.
  private var noise: String? {
    guard report.entries.count > 1 else { return nil }
    let counts = report.entries.map(\.system.repetitions.count)
    guard let fewest = counts.min() else { return nil }
    if fewest < 3 {
      let seeds = fewest == 1 ? "One repetition was" : "Only two repetitions were"
      return "\(seeds) made, so how much of a difference is chance is not known."
    }
    guard !ranked.isEmpty else { return nil }
    let unclear = [
      (FindingKey.hugeShare, "2\(Quantity.space)MiB pages"), (.heldPerLive, "memory held"),
    ]
    .compactMap { key, name in unclearPairs(key, name) }
    if unclear.isEmpty {
      return "Over \(fewest) repetitions with different seeds, these differences are larger than "
        + "their noise (95\(Quantity.space)%)."
    }
    return "Over \(fewest) repetitions, \(Quantity.list(unclear))."
  }

  /// `the difference in memory held between A and B is below the noise`; nil when the ranking of a
  /// figure is certain from each system to the next.
  private func unclearPairs(_ key: FindingKey, _ name: String) -> String? {
    let all = ranked.filter { $0.0 == key }
    let pairs = all.filter { isUnclear(key, $0.1, $0.2, $0.3) }
    guard let first = all.first, let last = all.last, !pairs.isEmpty else { return nil }
    if all.count > 1, pairs.count == all.count, isUnclear(key, first.1, first.2, last.3) {
      return "no difference in \(name) is larger than the noise"
    }
    let words = pairs.map { "between \($0.2.spoken) and \($0.3.spoken)" }
    return "the difference in \(name) \(words.joined(separator: ", and ")) is below the noise"
  }

  private func isUnclear(
    _ key: FindingKey, _ moment: Findings.Moment, _ first: Report.Entry, _ second: Report.Entry
  ) -> Bool {
    guard let comparison = Comparison(key, at: moment, first.system, second.system) else {
      return true
    }
    return comparison.verdict != .differs && comparison.difference != 0
  }

  private mutating func rank(
    _ entries: [Report.Entry], _ key: FindingKey, _ moment: Findings.Moment
  ) {
    for (first, second) in zip(entries, entries.dropFirst()) {
      ranked.append((key, moment, first, second))
    }
  }

  /// The entries that know a figure, largest first.
  private func descending(_ key: FindingKey, at moment: Findings.Moment) -> [Report.Entry] {
    report.entries
      .compactMap { entry in entry.mean(key, moment).map { (entry, $0) } }
      .sorted { ($0.1, $1.0.index) > ($1.1, $0.0.index) }
      .map(\.0)
  }
}
