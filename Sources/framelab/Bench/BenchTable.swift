import Benchmarking
import MemoryUnits

/// Rows of one order, thread count, size and start: one table.
struct BenchGroup {
  var rows: [BenchmarkRow]
  var plan: BenchmarkCase { rows[0].asked }

  /// Allocators in the order in which they were measured.
  var allocators: [String] {
    var names: [String] = []
    for row in rows where !names.contains(row.allocator) { names.append(row.allocator) }
    return names
  }

  func row(_ allocator: String, _ pattern: Pattern) -> BenchmarkRow? {
    rows.first { $0.allocator == allocator && $0.plan.pattern == pattern }
  }

  /// `order 0, 8.00 GiB, 2 threads`
  var title: String {
    var title = "order \(plan.order), \(plan.memory.rounded)"
    if plan.threads > 1 { title += ", \(plan.threads) threads" }
    if plan.start == .aged { title += ", aged" }
    return title
  }

  static func groups(_ rows: [BenchmarkRow]) -> [BenchGroup] {
    var groups: [BenchGroup] = []
    for row in rows {
      let index = groups.firstIndex { group in
        var plan = row.asked
        plan.pattern = group.plan.pattern
        return plan == group.plan
      }
      if let index {
        groups[index].rows.append(row)
      } else {
        groups.append(BenchGroup(rows: [row]))
      }
    }
    return groups
  }
}

/// One table: a line per allocator, a column per figure.
struct BenchTable {
  /// A column: one of the figures of a pattern.
  struct Column {
    var pattern: Pattern
    var unit: String
    var figure: (BenchmarkRow) -> Spread?

    /// `random free`
    var title: String { "\(pattern.rawValue) \(unit)" }
  }

  private let group: BenchGroup

  init(_ group: BenchGroup) { self.group = group }

  /// With medians in brackets where 100 columns hold them.
  var text: String {
    let wide = layOut(medians: true)
    let fits = wide.split(separator: "\n").allSatisfy { $0.count <= 100 }
    let remarks = self.remarks.map(BenchFigure.wrapped)
    return ([fits ? wide : layOut(medians: false)] + remarks).joined(separator: "\n")
  }

  /// What is to be said below the table.
  var remarks: [String] { smaller + faults }

  /// Rows that were measured with less memory than was asked for, one line for all.
  private var smaller: [String] {
    var names: [String] = []
    for row in group.rows where row.plan.memoryBytes != row.asked.memoryBytes {
      let name = "\(row.title) \(row.plan.memory.rounded)"
      if !names.contains(name) { names.append(name) }
    }
    return names.isEmpty
      ? [] : ["With less memory, in a child: " + names.joined(separator: ", ")]
  }

  /// What went wrong, once for all rows of which the same is said.
  private var faults: [String] {
    var lines: [String] = []
    for name in group.allocators {
      let rows = group.rows.filter { $0.allocator == name && $0.fault != nil }
      for (index, row) in rows.enumerated() {
        guard let fault = row.fault, rows.firstIndex(where: { $0.fault == fault }) == index else {
          continue
        }
        let more = rows.count { $0.fault == fault } - 1
        let words = row.plan.words + (more > 0 ? " and \(more) more" : "")
        lines.append("\(row.title), \(words): \(fault)")
      }
    }
    return lines
  }

  private func layOut(medians: Bool) -> String {
    let heads = [
      [group.title] + columns.map(\.pattern.rawValue) + ["floor ×", "bytes/"],
      [""] + columns.map(\.unit) + ["worst", "frame"],
    ]
    return Self.layOut(heads + rows(medians: medians))
  }

  /// One line of heads, and the rows.
  func cells(medians: Bool) -> [[String]] {
    let heads = ["allocator"] + columns.map(\.title) + ["floor ×, worst", "bytes/frame"]
    return [heads] + rows(medians: medians)
  }

  private func rows(medians: Bool) -> [[String]] {
    var lines: [[String]] = []
    for name in group.allocators {
      let rows = group.rows.filter { $0.allocator == name }
      var cells = [rows[0].title]
      for column in columns {
        let row = rows.first { $0.plan.pattern == column.pattern }
        cells.append(
          row.map {
            $0.isVerified ? BenchFigure.spread(column.figure($0), medians: medians) : "fault"
          } ?? "-")
      }
      let worst = rows.compactMap { $0.floor?.ratio }.max()
      cells.append(worst.map { BenchFigure.ns($0) } ?? "-")
      cells.append(BenchFigure.bytes(rows.compactMap(\.metadataBytesPerFrame).max()))
      lines.append(cells)
    }
    return lines
  }

  var columns: [Column] {
    var patterns: [Pattern] = []
    for row in group.rows where !patterns.contains(row.plan.pattern) {
      patterns.append(row.plan.pattern)
    }
    return patterns.flatMap { pattern -> [Column] in
      let alloc = Column(pattern: pattern, unit: "alloc", figure: \.allocNs)
      let free = Column(pattern: pattern, unit: "free", figure: \.freeNs)
      switch pattern {
      case .repeat, .churn: return [Column(pattern: pattern, unit: "pair", figure: \.pairNs)]
      case .random: return [free]
      case .refill: return [alloc]
      case .bulk, .lifo, .fill: return [alloc, free]
      }
    }
  }

  /// The first column to the left, the others to the right, two spaces between.
  static func layOut(_ lines: [[String]]) -> String {
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { cells in
      var line = cells[0].padded(to: widths[0])
      for (cell, width) in zip(cells, widths).dropFirst() {
        line += "  " + cell.padded(to: width, right: true)
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
