/// A part of a line: a word as it stands, or a text in double quotes.
enum Token: Hashable, Sendable {
  case word(String)
  case text([UInt8])

  /// Splits a line at blanks, up to a `#` that begins a word. In quotes `\n`, `\t`, `\0`, `\"` and `\\`
  /// stand for themselves as in C, and `\x41` for a byte.
  static func split(_ line: some StringProtocol) throws(ScriptError) -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(line)
    while true {
      rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard let first = rest.first, first != "#" else { return tokens }
      if first == "\"" {
        rest = rest.dropFirst()
        tokens.append(.text(try text(&rest)))
        guard rest.first.map({ $0 == " " || $0 == "\t" || $0 == "\r" }) ?? true else {
          throw ScriptError(.usage, "expected a blank after a text in quotes")
        }
      } else {
        let word = rest.prefix { $0 != " " && $0 != "\t" && $0 != "\r" }
        tokens.append(.word(String(word)))
        rest = rest.dropFirst(word.count)
      }
    }
  }

  /// The bytes up to the closing quote, which goes too.
  private static func text(_ rest: inout Substring) throws(ScriptError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let character = rest.popFirst() {
      switch character {
      case "\"": return bytes
      case "\\":
        guard let escaped = rest.popFirst() else { break }
        switch escaped {
        case "n": bytes.append(10)
        case "t": bytes.append(9)
        case "0": bytes.append(0)
        case "\"", "\\": bytes += Array(String(escaped).utf8)
        case "x":
          guard let byte = UInt8(rest.prefix(2), radix: 16), rest.prefix(2).count == 2 else {
            throw ScriptError(.usage, "expected two hexadecimal digits after \\x")
          }
          bytes.append(byte)
          rest = rest.dropFirst(2)
        default:
          throw ScriptError(
            .usage, "\\\(escaped) is unknown; expected \\n, \\t, \\0, \\\", \\\\ or \\x41")
        }
      default: bytes += Array(String(character).utf8)
      }
    }
    throw ScriptError(.usage, "a text in quotes has no end")
  }
}
