internal import Foundation
internal import Results

extension Report {
  /// The report for a terminal: the answer in words, the table of systems at the end of the run, and
  /// where to look further. Ends with a newline.
  ///
  /// - Parameters:
  ///   - path: of the page; printed last.
  ///   - width: columns that nothing exceeds, at least 60.
  ///   - hasColour: whether escape sequences may be used.
  public func terminal(path: String?, width: Int = 100, hasColour: Bool = false) -> String {
    let ink = TerminalInk(isOn: hasColour)
    var lines = [String]()
    for warning in warnings { lines += TerminalText.wrapped(warning, width).map(ink.warm) }
    if !warnings.isEmpty { lines.append("") }
    let answer = Answer(self)
    let sentences = answer.findings + answer.remarks
    lines += TerminalText.wrapped(sentences.joined(separator: " "), width)
    if !entries.isEmpty {
      lines.append("")
      lines += terminalTable(width).lines(ink)
    }
    if let path {
      lines.append("")
      lines.append(path + "   " + ink.faint("(" + seedWords + ")"))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The widest table that fits: a narrow terminal goes without the figures that follow from others.
  private func terminalTable(_ width: Int) -> TerminalTable {
    var columns = FigureColumn.main.filter { $0.key != .heldPerLive }
    var expendable: [FindingKey] = [.hugeShare, .virtualBlowUp, .physicalBlowUp, .idealHugeBlocks]
    while true {
      let table = TerminalTable(
        FigureTable(self, columns, at: .end), width: width, note: repetitionNote)
      guard table.width > width, let key = expendable.popLast() else { return table }
      columns.removeAll { $0.key == key }
    }
  }

  /// `seed 1, 3 repetitions`, or what a stopped run has of them.
  private var seedWords: String {
    let all = Set(
      sources.map { source in
        "seed \(source.result.configuration.seed), \(source.result.repetitionWords)"
      })
    return all.count == 1 ? all.first ?? "" : "\(sources.count) results"
  }
}

/// Escape sequences, or none.
struct TerminalInk: Sendable {
  var isOn: Bool

  func faint(_ text: String) -> String { isOn ? "\u{1b}[2m\(text)\u{1b}[22m" : text }
  func warm(_ text: String) -> String { isOn ? "\u{1b}[33m\(text)\u{1b}[39m" : text }
}

/// Text for a terminal: plain spaces, no control characters, lines of bounded length.
public enum TerminalText {
  /// Breaks text at spaces; a word longer than the width has a line of its own.
  public static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines = [String]()
    var line = ""
    // No-break spaces keep a number and its unit together, then become plain ones.
    for word in clean(text).split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map(plainSpaces)
  }

  static func plainSpaces(_ text: String) -> String { text.replacing("\u{a0}", with: " ") }

  /// Without what a terminal would obey.
  static func clean(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format: "\u{fffd}"
          default: scalar
          }
        }))
  }

  static func padded(_ text: String, _ width: Int, left: Bool) -> String {
    let space = String(repeating: " ", count: max(width - text.count, 0))
    return left ? text + space : space + text
  }
}
