/// A line of an answer, whose parts have a meaning that a terminal may show by colour.
public struct StyledLine: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  public enum Style: Sendable {
    case plain
    /// Headings, units, what repeats.
    case quiet
    /// Addresses and names that the person chose.
    case name
    /// What was allowed, found, met.
    case good
    /// Signals, errors, expectations that were not met.
    case bad
    /// Bits, states, kinds of events.
    case mark
  }

  var runs: [(text: String, style: Style)]

  public init(stringLiteral text: String) { runs = [(text, .plain)] }

  init(_ text: String, _ style: Style = .plain) { runs = [(text, style)] }

  static func + (left: StyledLine, right: StyledLine) -> StyledLine {
    var line = left
    line.runs += right.runs
    return line
  }

  static func += (left: inout StyledLine, right: StyledLine) { left.runs += right.runs }

  /// The text alone.
  public var plain: String { runs.reduce(into: "") { $0 += $1.text } }

  /// The text with the colour codes of ECMA-48.
  public var coloured: String {
    var text = ""
    for (part, style) in runs {
      switch style {
      case .plain: text += part
      case .quiet: text += "\u{1b}[2m\(part)\u{1b}[0m"
      case .name: text += "\u{1b}[36m\(part)\u{1b}[0m"
      case .good: text += "\u{1b}[32m\(part)\u{1b}[0m"
      case .bad: text += "\u{1b}[31m\(part)\u{1b}[0m"
      case .mark: text += "\u{1b}[33m\(part)\u{1b}[0m"
      }
    }
    return text
  }
}
