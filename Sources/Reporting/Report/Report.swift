internal import MemoryUnits
internal import Results

/// A report on one result, or on several side by side. Everything in it comes from the results.
public struct Report: Sendable {
  let sources: [Source]
  let entries: [Entry]

  public init(_ sources: [Source]) {
    self.sources = sources
    entries = Self.entries(sources)
  }

  /// One system of one result, with the name and the colour that it has everywhere in the report.
  struct Entry: Sendable {
    /// Number of its result among the sources.
    var source: Int
    /// Number among all entries.
    var index: Int
    var system: SystemRun
    var configuration: Configuration
    var frameMap: FrameMap?
    /// Unique among the entries.
    var label: String
    var style: SeriesStyle

    /// Unique in the page and plain: `s0`, `s1`, ...
    var id: String { "s\(index)" }

    /// The label within a sentence, where a comma would separate: `jemalloc 5.3 (simulated)`.
    var spoken: String {
      guard let comma = label.firstRange(of: ", ") else { return label }
      return "\(label[..<comma.lowerBound]) (\(label[comma.upperBound...]))"
    }

    func estimate(_ key: FindingKey, _ moment: Findings.Moment) -> Estimate? {
      system.summary?[moment, key]
    }

    func mean(_ key: FindingKey, _ moment: Findings.Moment) -> Double? {
      estimate(key, moment)?.mean
    }
  }

  private static func entries(_ sources: [Source]) -> [Entry] {
    var entries = [Entry]()
    var labels = Set<String>()
    var hues = 0
    let titles = sources.flatMap { $0.result.systems.map(\.title) }
    for (number, source) in sources.enumerated() {
      // The recorded program comes last: it is what the others are compared with.
      let systems = source.result.systems.filter { !$0.repetitions.isEmpty }
      let ordered =
        systems.filter { $0.kind != .recorded } + systems.filter { $0.kind == .recorded }
      for system in ordered {
        let isTwice = titles.count { $0 == system.title } > 1
        let base = isTwice ? "\(system.title) · \(source.label)" : system.title
        var label = base
        var copy = 2
        while !labels.insert(label).inserted {
          label = "\(base) (\(copy))"
          copy += 1
        }
        entries.append(
          Entry(
            source: number, index: entries.count, system: system,
            configuration: source.result.configuration,
            frameMap: source.frameMaps[system.name], label: label,
            style: SeriesStyle(index: hues, kind: system.kind)))
        if system.kind != .recorded { hues += 1 }
      }
    }
    return entries
  }

  /// Whether several results are laid side by side.
  var isComparison: Bool { sources.count > 1 }
}
