/// A row of address bits in boxes, with brackets that name parts of it, as the lecture draws them.
///
/// ```
///        13  12  11
///       +---+---+---+
///       | 0 | 0 | 1 |
///       +---+---+---+
///       |<-- VPN -->|
/// ```
struct BitRow {
  var value: UInt64
  var bits: Int
  /// Rows of parts below the boxes: name, and its highest and lowest bit.
  var brackets: [[(name: String, high: Int, low: Int)]]

  /// Characters per box.
  private static let width = 4

  var lines: [String] {
    let numbers = (0..<bits).reversed().map { String($0).centered(in: Self.width) }.joined()
    let edge = String(repeating: "+---", count: bits) + "+"
    let boxes =
      (0..<bits).reversed()
      .map { "| \(value >> UInt64($0) & 1) " }.joined() + "|"
    return [" " + numbers.trimmedRight, edge, boxes, edge] + brackets.map(bracketLine)
  }

  private func bracketLine(_ parts: [(name: String, high: Int, low: Int)]) -> String {
    var line = [Character](repeating: " ", count: bits * Self.width + 1)
    for part in parts where part.high >= part.low {
      let start = (bits - 1 - part.high) * Self.width
      let length = (part.high - part.low + 1) * Self.width + 1
      for (offset, character) in Self.bracket(part.name, length).enumerated() {
        line[start + offset] = character
      }
    }
    return String(line).trimmedRight
  }

  /// `|<--- NAME --->|`, or the bare name where there is no room.
  private static func bracket(_ name: String, _ length: Int) -> String {
    let room = length - 4
    guard room >= name.count + 2 else { return "|" + name.centered(in: length - 2) + "|" }
    let dashes = room - name.count - 2
    let left = String(repeating: "-", count: dashes / 2)
    let right = String(repeating: "-", count: dashes - dashes / 2)
    return "|<\(left) \(name) \(right)>|"
  }
}

extension String {
  func centered(in width: Int) -> String {
    let space = max(0, width - count)
    return String(repeating: " ", count: space / 2) + self
      + String(repeating: " ", count: space - space / 2)
  }

  var trimmedRight: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }

  /// `0x` and at least `digits` hexadecimal digits, upper case as on the deck.
  static func hex(_ value: UInt64, digits: Int = 1) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
  }
}
