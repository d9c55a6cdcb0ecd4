/// A figure table in columns of text.
struct TerminalTable: Sendable {
  private let heads: [(String, String)]
  /// Heads and the columns at which they end, from left to right.
  private let spans: [(head: String, last: Int)]
  private let names: [String]
  private let texts: [[String]]
  private let nameWidth: Int
  private let widths: [Int]
  /// Columns that the longest line takes.
  let width: Int

  /// - Parameter note: what follows the name of a system in brackets.
  init(_ table: FigureTable, width: Int, note: (Report.Entry) -> String?) {
    heads = table.columns.map { ($0.head, TerminalText.plainSpaces($0.unit)) }
    texts = table.rows.map { row in row.cells.map { TerminalText.plainSpaces($0.text) } }
    let texts = texts
    let heads = heads
    var widths = heads.indices.map { column in
      max(texts.map { $0[column].count }.max() ?? 0, heads[column].1.count)
    }
    // A head that several columns share stands over all of them; the last one makes room for it.
    var spans = [(head: String, last: Int)]()
    for column in heads.indices {
      if spans.last?.head == heads[column].0 { spans.removeLast() }
      spans.append((heads[column].0, column))
    }
    var start = 0
    for span in spans {
      let room = widths[start...span.last].reduce(0) { $0 + $1 + 3 } - 3
      widths[span.last] += max(span.head.count - room, 0)
      start = span.last + 1
    }
    self.spans = spans
    self.widths = widths
    // What the figures leave is the names'.
    let figures = widths.reduce(0) { $0 + $1 + 3 }
    let notes = table.rows.map { note($0.entry).map { " (\($0))" } ?? "" }
    let labels = zip(table.rows, notes).map { TerminalText.clean($0.entry.label) + $1 }
    let longest = max(labels.map(\.count).max() ?? 0, 6)
    nameWidth = min(longest, max(width - figures, 8))
    self.width = nameWidth + figures
    let room = nameWidth
    // A name is cut before its note is, unless there is no room for both.
    names = zip(labels, notes).map { label, note in
      if label.count <= room { return label }
      let kept = note.count + 8 < room ? note : ""
      return label.dropLast(note.count).prefix(room - 1 - kept.count) + "…" + kept
    }
  }

  func lines(_ ink: TerminalInk) -> [String] {
    var upper = TerminalText.padded("system", nameWidth, left: true)
    var start = 0
    for span in spans {
      let room = widths[start...span.last].reduce(0) { $0 + $1 + 3 } - 3
      upper += "   " + TerminalText.padded(span.head, room, left: false)
      start = span.last + 1
    }
    var lines = [ink.faint(upper), ink.faint(line("", heads.map(\.1)))]
    for (name, cells) in zip(names, texts) { lines.append(line(name, cells)) }
    return lines
  }

  private func line(_ name: String, _ cells: [String]) -> String {
    var text = TerminalText.padded(name, nameWidth, left: true)
    for (cell, width) in zip(cells, widths) {
      text += "   " + TerminalText.padded(cell, width, left: false)
    }
    while text.last == " " { text.removeLast() }
    return text
  }
}
