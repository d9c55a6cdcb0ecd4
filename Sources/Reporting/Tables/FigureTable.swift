internal import Results

/// The figures of all systems at one moment, ready to be printed by the page and the terminal.
struct FigureTable: Sendable {
  struct Cell: Sendable {
    /// `–` when the system cannot know the figure.
    var text: String
    /// `± 12`, if it is known and prints as more than 0.
    var interval: String?
    /// The mean as it is in `result.json`.
    var value: Double?
    var key: FindingKey
  }

  struct Row: Sendable {
    var entry: Report.Entry
    var cells: [Cell]
  }

  var columns: [FigureColumn]
  var rows: [Row]

  static let unknown = "–"

  init(_ report: Report, _ columns: [FigureColumn], at moment: Findings.Moment) {
    // Columns that no system can fill say nothing.
    self.columns = columns.filter { column in
      report.entries.contains { $0.mean(column.key, moment) != nil }
    }
    let largest = report.entries.compactMap { $0.mean(.heldBytes, moment) }.max() ?? 0
    let decimals = largest < 10 * 1_048_576 ? 2 : largest < 100 * 1_048_576 ? 1 : 0
    let shown = self.columns
    rows = report.entries.map { entry in
      Row(
        entry: entry,
        cells: shown.map { column in
          let estimate = entry.estimate(column.key, moment)
          return Cell(
            text: estimate.map { column.text($0.mean, decimals: decimals) } ?? Self.unknown,
            interval: estimate.flatMap { column.interval($0, decimals: decimals) },
            value: estimate?.mean, key: column.key)
        })
    }
  }

  /// One column for each order of the allocator.
  static let unusableByOrder: [FigureColumn] = (0...10).map { order in
    FigureColumn(
      key: .unusableIndex(order: order), head: "\(order)", unit: blockSize(order), form: .index,
      meaning: "")
  }

  /// `4 KiB` ... `4 MiB`
  static func blockSize(_ order: Int) -> String {
    order < 8 ? "\(4 << order)\(Quantity.space)KiB" : "\(1 << (order - 8))\(Quantity.space)MiB"
  }
}
