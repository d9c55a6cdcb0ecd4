/// The findings of a system over its repetitions.
public struct SystemSummary: Codable, Hashable, Sendable {
  public var figures: [Findings.Moment: [FindingKey: Estimate]]

  public subscript(moment: Findings.Moment, key: FindingKey) -> Estimate? {
    figures[moment]?[key]
  }

  /// Figures that every repetition has.
  public init(_ repetitions: [Findings]) {
    figures = [:]
    guard let first = repetitions.first else { return }
    for (moment, known) in first.figures {
      for key in known.keys {
        let values = repetitions.compactMap { $0[moment, key] }
        guard values.count == repetitions.count else { continue }
        figures[moment, default: [:]][key] = Estimate(values)
      }
    }
  }

  public init(from decoder: any Decoder) throws {
    figures = try decoder.singleValueContainer().decode(
      [Findings.Moment: [FindingKey: Estimate]].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(figures)
  }
}
