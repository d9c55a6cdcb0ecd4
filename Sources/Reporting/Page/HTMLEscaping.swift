internal import Mustache

/// Escaping of everything that comes from results: names and titles may hold anything.
///
/// Mustache's own escaping goes by characters and lets `"` through when a combining mark follows
/// it, which ends an attribute; this one goes by Unicode scalars. Control characters, and those
/// that reorder text, become U+FFFD.
struct HTMLEscaping: MustacheContentType {
  /// The name that templates ask for.
  static let name = "FRAMELAB_HTML"

  func escapeText(_ text: String) -> String { Self.escape(text) }

  static func escape(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{202a}"..."\u{202e}",
        "\u{2066}"..."\u{2069}":
        result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// JSON for a script element of type application/json, which ends at the first `</script`.
  static func escapeJSON(_ json: String) -> String {
    json.replacing("<", with: #"\u003c"#)
      .replacing("\u{2028}", with: #"\u2028"#).replacing("\u{2029}", with: #"\u2029"#)
  }

  /// JavaScript for a script element: what would end it, or open a comment, can only stand in its
  /// strings and regular expressions, where a backslash changes nothing.
  static func escapeScript(_ script: String) -> String {
    script.replacing("</script", with: #"<\/script"#).replacing("</SCRIPT", with: #"<\/SCRIPT"#)
      .replacing("<!--", with: #"<\!--"#)
  }
}
