/// A figure table in columns of text.
struct TerminalTable: Sendable {
  private let heads: [(String, String)]
  private let names: [String]
  private let texts: [[String]]
  private let nameWidth: Int
  private let widths: [Int]

  init(_ table: FigureTable, width: Int) {
    heads = table.columns.map { ($0.head, TerminalText.plainSpaces($0.unit)) }
    texts = table.rows.map { row in row.cells.map { TerminalText.plainSpaces($0.text) } }
    let texts = texts
    let heads = heads
    widths = heads.indices.map { column in
      let own = texts.map { $0[column].count }.max() ?? 0
      return max(own, heads[column].1.count, heads[column].0.count)
    }
    // What the figures leave is the names'.
    let figures = widths.reduce(0) { $0 + $1 + 3 }
    let labels = table.rows.map { TerminalText.clean($0.entry.label) }
    let longest = max(labels.map(\.count).max() ?? 0, 6)
    nameWidth = min(longest, max(width - figures, 16))
    let room = nameWidth
    names = labels.map { $0.count <= room ? $0 : $0.prefix(room - 1) + "…" }
  }

  func lines(_ ink: TerminalInk) -> [String] {
    var lines = [
      ink.faint(line("system", heads.map(\.0))), ink.faint(line("", heads.map(\.1))),
    ]
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
