/// A page of figures that are no run: benchmarks. Words first, then for each question a chart with the
/// sentence that says how to read it, and the table behind it; at the end how it was made.
public struct FigurePage: Sendable {
  public var title: String
  public var subtitle: String
  /// The answer, sentence by sentence.
  public var answer: [String]
  public var sections: [FigureSection]
  /// Names and values of how it was made, the command line among them.
  public var made: [(name: String, value: String)]
  /// Everything that is drawn, in the order of its colours, on all charts the same.
  public var series: [String]
  /// The one of them that the others are seen against; it is grey.
  public var reference: String?

  public init(
    title: String, subtitle: String, answer: [String], sections: [FigureSection],
    made: [(name: String, value: String)], series: [String], reference: String? = nil
  ) {
    self.reference = reference
    self.title = title
    self.subtitle = subtitle
    self.answer = answer
    self.sections = sections
    self.made = made
    self.series = series
  }
}

/// One question of a page.
public struct FigureSection: Sendable {
  public var title: String
  /// How to read the charts.
  public var reading: String
  public var charts: [FigureChart]
  /// Heads, then rows; the first column is text.
  public var table: [[String]]
  public var notes: [String]

  public init(
    title: String, reading: String, charts: [FigureChart], table: [[String]], notes: [String] = []
  ) {
    self.title = title
    self.reading = reading
    self.charts = charts
    self.table = table
    self.notes = notes
  }
}

/// A chart of a page, in terms of what is drawn.
public enum FigureChart: Sendable {
  /// A dot per series on a logarithmic axis, with its spread and, where there is one, a tick that it
  /// cannot pass.
  case dots(title: String, unit: String, [FigureDot])
  /// A line per series over equal steps from 0 on, shares of 1.
  case shares(title: String, steps: String, [FigureLine])

  var title: String {
    switch self {
    case .dots(let title, _, _), .shares(let title, _, _): title
    }
  }
}

public struct FigureDot: Sendable {
  public var series: String
  public var low: Double
  public var value: Double
  public var high: Double
  public var tick: Double?

  public init(series: String, low: Double, value: Double, high: Double, tick: Double? = nil) {
    self.series = series
    self.low = low
    self.value = value
    self.high = high
    self.tick = tick
  }
}

public struct FigureLine: Sendable {
  public var series: String
  public var shares: [Double]

  public init(series: String, shares: [Double]) {
    self.series = series
    self.shares = shares
  }
}
