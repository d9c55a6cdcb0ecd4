internal import Results

/// The report in a few sentences, each made from findings and saying no more than they carry.
struct Answer: Sendable {
  /// What was found: how much is free, in which pieces, and what the systems hold for it.
  private(set) var findings = [String]()
  /// What stands beside it: the recorded program, and how far the differences can be trusted.
  private(set) var remarks = [String]()
  private let report: Report
  /// Pairs that a sentence ranks, to be checked against the noise.
  private var ranked = [RankedPair]()

  init(_ report: Report) {
    self.report = report
    findings = [warning, availability(), holding()].compactMap { $0 }
    let served = report.entries.filter { $0.system.kind != .recorded && $0.refused == 0 }
    let noise = served.isEmpty ? nil : NoiseWords(report, served, ranked).sentence
    remarks = [recorded, noise].compactMap { $0 }
  }

  // MARK: Availability

  private mutating func availability() -> String? {
    let known = descending(.hugeShare, at: .end)
    guard let best = known.first else { return nil }
    let free = known.compactMap { $0.mean(.freeBytes, .end) }
    var text = freeMemory(free)
    if known.count == 1 {
      text +=
        " As 2\(Quantity.space)MiB pages, \(best.spoken) could hand out \(share(best)) of that now"
      return text + (blockCounts(best).map { " (\($0))" } ?? "") + "."
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

  /// `870 of 1,000`; nil unless these means, as they are printed, have the share as their quotient.
  /// The share is a mean of quotients.
  private func blockCounts(_ entry: Report.Entry) -> String? {
    guard let blocks = entry.mean(.freeHugeBlocks, .end)?.rounded(),
      let ideal = entry.mean(.idealHugeBlocks, .end)?.rounded(),
      ideal > 0, Quantity.percent(blocks / ideal) == share(entry)
    else { return nil }
    return "\(Quantity.number(blocks)) of \(Quantity.number(ideal))"
  }

  // MARK: Holding

  private mutating func holding() -> String? {
    let known = Array(descending(.heldPerLive, at: .livePeak).reversed())
      .filter { $0.system.kind != .recorded }
    guard let least = known.first, let most = known.last else { return nil }
    let moment = fullestSample + livePeak(known)
    if known.count == 1 { return "\(moment), \(least.spoken) held \(held(least))." }
    if heldRatio(least) == heldRatio(most) {
      return "\(moment), all systems held \(heldRatio(least))\(Quantity.space)× the live bytes."
    }
    rank([least, most], .heldPerLive, .livePeak)
    return "\(moment), \(least.spoken) held least, \(held(least)), and \(most.spoken) most, "
      + "\(held(most))."
  }

  /// The live peak of the samples, which is not that of the recording: between two samples there may
  /// have been more.
  private var fullestSample: String {
    let counts = Set(report.sources.map(\.result.configuration.sampleCount))
    guard counts.count == 1, let count = counts.first, count > 1 else {
      return "At the sample with the most live bytes"
    }
    return "Of \(count) samples, at the one with the most live bytes"
  }

  /// The live bytes at that sample, when they are the same for all up to 2 %: samples of processes
  /// are taken at slightly other moments than those of a model.
  private func livePeak(_ entries: [Report.Entry]) -> String {
    let live = entries.compactMap { $0.mean(.liveBytes, .livePeak) }
    guard let least = live.min(), let most = live.max(), most <= least * 1.02 else { return "" }
    let isSame = Quantity.bytes(least) == Quantity.bytes(most)
    return " (\(isSame ? "" : "about ")\(Quantity.bytes(most)))"
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
    let instances = entry.configuration.instances
    if instances == 1 {
      return "The recorded program itself was resident with \(held(entry)), its code and stacks "
        + "included."
    }
    return "\(instances) copies of the recorded program would together have been resident with "
      + "\(held(entry)), their code and stacks included."
  }

  // MARK: How far to trust it

  /// Which systems refused allocations, and how many.
  private var warning: String? {
    let refusing = report.entries.filter { $0.refused > 0 }
    guard !refusing.isEmpty else { return nil }
    let names = refusing.map { entry in
      let count = entry.system.repetitions.count
      let runs = count == 1 ? "" : " in \(count) repetitions"
      return "\(entry.spoken) (\(Quantity.number(entry.refused))\(runs))"
    }
    // The machine is that of the models; a real process has this host.
    let place =
      refusing.contains { $0.system.kind == .real }
      ? "Memory did not suffice" : "The machine was too small"
    return "\(place): allocations failed in \(Quantity.list(names)), whose figures count only what "
      + "was served and are compared with no others."
  }

  private mutating func rank(
    _ entries: [Report.Entry], _ key: FindingKey, _ moment: Findings.Moment
  ) {
    for (first, second) in zip(entries, entries.dropFirst()) {
      ranked.append(RankedPair(key: key, moment: moment, first: first, second: second))
    }
  }

  /// The entries that know a figure and served all that was asked of them, largest first.
  private func descending(_ key: FindingKey, at moment: Findings.Moment) -> [Report.Entry] {
    report.entries
      .filter { $0.refused == 0 }
      .compactMap { entry in entry.mean(key, moment).map { (entry, $0) } }
      .sorted { ($0.1, $1.0.index) > ($1.1, $0.0.index) }
      .map(\.0)
  }
}

extension Report.Entry {
  /// Allocations that failed, over all repetitions.
  var refused: UInt64 {
    system.repetitions.reduce(0) { $0 + ($1.counters["failed_allocations"] ?? 0) }
  }
}
