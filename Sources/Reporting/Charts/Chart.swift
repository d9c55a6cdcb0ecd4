internal import Results

/// A figure of the report: a Vega-Lite specification and the words around it.
struct Chart: Sendable {
  /// Unique in the page.
  var id: String
  var title: String
  /// Numbers of the entries that are drawn.
  var systems: [Int]
  /// The system that a panel is about; nil for charts of all systems.
  var entry: Report.Entry?
  var spec: JSONValue
}

/// A group of charts that answer one question, with the sentence that says how to read them.
struct ChartGroup: Sendable {
  var id: String
  var title: String
  var reading: String
  var charts: [Chart]
  /// Whether lines are told apart by the colours of systems.
  var hasSystemLegend: Bool
  /// Whether areas are told apart by the colours of orders.
  var hasOrderLegend: Bool
}

/// The horizontal axis that all charts of a report share.
struct TimeAxis: Sendable {
  /// `ms`, `s` or `min`.
  var unit: String
  var nanosecondsPerUnit: Double
  /// Length of the longest run, in units.
  var length: Double

  init(durationNs: UInt64) {
    (unit, nanosecondsPerUnit) =
      switch durationNs {
      case ..<2_000_000_000: ("ms", 1e6)
      case ..<300_000_000_000: ("s", 1e9)
      default: ("min", 60e9)
      }
    length = Double(durationNs) / nanosecondsPerUnit
  }

  func value(_ timeNs: UInt64) -> Double {
    // Six significant digits draw any chart.
    let value = Double(timeNs) / nanosecondsPerUnit
    let scale = length > 100 ? 1e3 : 1e5
    return (value * scale).rounded() / scale
  }

  var encoding: JSONValue {
    [
      "field": "t", "type": "quantitative",
      "scale": ["domain": [0, .number(length)], "nice": false],
      "axis": ["title": .string("time, \(unit)"), "tickCount": 6],
    ]
  }
}
