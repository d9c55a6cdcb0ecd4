internal import MemoryUnits
internal import Results

extension PageModel.SourceFacts {
  init(_ source: Report.Source, isAlone: Bool) {
    let result = source.result
    let configuration = result.configuration
    let workload = result.workload
    heading = isAlone ? nil : source.label
    facts = []
    add("command", result.provenance.command.map(Self.shellWord).joined(separator: " "), code: true)
    add("framelab", result.provenance.version)
    add("started", result.provenance.startedAt)
    add("recording", workload.recording)
    add("checksum", workload.checksum, code: true)
    add("made by", workload.origin)
    add(
      "it holds",
      "\(Quantity.number(workload.eventCount)) heap events of \(workload.threads) "
        + (workload.threads == 1 ? "thread" : "threads")
        + " in \(Quantity.duration(nanoseconds: workload.spanNs)), live peak "
        + "\(Quantity.bytes(Double(workload.livePeakBytes)))")
    add("machine", "\(Quantity.bytes(Double(configuration.machineBytes))), simulated")
    add("instances", "\(configuration.instances)")
    add("touch model", configuration.touch)
    add(
      "length",
      "\(Quantity.duration(nanoseconds: configuration.durationNs)) of the recording's "
        + "clock, \(configuration.sampleCount) samples")
    add("seed", "\(configuration.seed), \(result.repetitionWords)")
    for (name, value) in result.provenance.host.sorted(by: { $0.key < $1.key }) {
      add("host: \(name)", value)
    }
    for (name, value) in result.provenance.versions.sorted(by: { $0.key < $1.key }) {
      add(name, value)
    }
    for system in result.systems {
      guard let speed = Self.speed(system, result.measured.timings[system.name]) else { continue }
      add("time of \(system.title)", speed)
    }
    if let fingerprint = result.fingerprint { add("fingerprint", fingerprint, code: true) }
  }

  private mutating func add(_ name: String, _ value: String, code: Bool = false) {
    guard !value.isEmpty else { return }
    facts.append(PageModel.Fact(name: name, value: value, isCode: code))
  }

  /// CPU time and records per second over the repetitions.
  private static func speed(_ system: SystemRun, _ timings: [Timing]?) -> String? {
    let all = timings ?? system.repetitions.compactMap(\.timing)
    let cpu = all.reduce(0 as UInt64) { $0 + $1.cpuNs }
    let records = all.reduce(0 as UInt64) { $0 + $1.records }
    guard cpu > 0, records > 0 else { return nil }
    let rate = Double(records) / (Double(cpu) / 1e9)
    return "\(Quantity.duration(nanoseconds: cpu)) of CPU for \(Quantity.count(records)) records, "
      + "\(Quantity.count(UInt64(rate)))/s"
  }

  /// A word as a shell reads it back.
  static func shellWord(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9": true
      default: "-_./=:,+@%".unicodeScalars.contains(scalar)
      }
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }
}

extension Report {
  /// `sqlite.fltrace · 2.4 M heap events · live peak 212 MiB × 12 instances on an 8 GiB machine`
  func subtitle(_ source: Source) -> String {
    let workload = source.result.workload
    let configuration = source.result.configuration
    var parts = [
      workload.recording, "\(Quantity.count(workload.eventCount)) heap events",
      "live peak \(Quantity.bytes(Double(workload.livePeakBytes)))"
        + (configuration.instances > 1 ? " × \(configuration.instances) instances" : "")
        + " on a machine of \(Quantity.bytes(Double(configuration.machineBytes)))",
    ]
    if isComparison { parts.insert(source.label, at: 0) }
    return parts.joined(separator: " · ")
  }

  /// What a reader must know before any figure.
  var warnings: [String] {
    var warnings = [String]()
    for source in sources {
      if let incomplete = source.result.incomplete {
        let missing = incomplete.missing.sorted { $0.key < $1.key }.map { name, indices in
          "\(name) (\(indices.count == 1 ? "repetition" : "repetitions") "
            + Quantity.list(indices.map { "\($0 + 1)" }) + ")"
        }
        warnings.append(
          "The run is not complete: \(incomplete.reason). Missing: \(Quantity.list(missing)). "
            + "A rerun goes on where it stopped.")
      }
      warnings += source.losses
    }
    return warnings + differences
  }

  /// Where the results of a comparison differ in what was asked of them.
  private var differences: [String] {
    guard isComparison else { return [] }
    let all = sources.map(\.result)
    var parts = [String]()
    func differ<Value: Hashable>(_ name: String, _ value: (RunResult) -> Value) {
      if Set(all.map(value)).count > 1 { parts.append(name) }
    }
    differ("recording", \.workload.checksum)
    differ("machine size", \.configuration.machineBytes)
    differ("instances", \.configuration.instances)
    differ("touch model", \.configuration.touch)
    differ("length", \.configuration.durationNs)
    differ("seed", \.configuration.seed)
    differ("framelab version", \.provenance.version)
    guard !parts.isEmpty else { return [] }
    return ["The results were not made alike: they differ in \(Quantity.list(parts))."]
  }

  /// Caveats of the recordings, each once.
  var caveats: [String] {
    var seen = Set<String>()
    return sources.flatMap(\.result.workload.caveats).filter { seen.insert($0).inserted }
  }

  /// One colour per system, for swatches and for the lines that the charts draw.
  var seriesStyle: String {
    let light = entries.map { ".\($0.id) { border-top-color: \($0.style.light); }" }
    let dark = entries.map { entry in
      ".\(entry.id) { border-top-color: \(entry.style.dark); } "
        + ".chart [stroke=\"\(entry.style.light)\"] { stroke: \(entry.style.dark); }"
    }
    return light.joined(separator: "\n")
      + "\n@media screen and (prefers-color-scheme: dark) {\n" + dark.joined(separator: "\n")
      + "\n}"
  }
}
