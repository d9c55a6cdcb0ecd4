/// Without a leading 0x, at least `digits` long.
func hex(_ value: some BinaryInteger, _ digits: Int = 0) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// `0x7fffef7fd000`
func prefixed(_ value: some BinaryInteger) -> String { "0x" + hex(value) }

/// `12,345`
func grouped(_ value: some BinaryInteger) -> String {
  var text = ""
  for (index, digit) in String(value).reversed().enumerated() {
    if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
    text.append(digit)
  }
  return String(text.reversed())
}

/// `1 page`, `2 pages`
func counted(_ value: Int, _ noun: String) -> String {
  "\(grouped(value)) \(noun)\(value == 1 ? "" : "s")"
}

/// Simulated time in microseconds: `1.250`.
func microseconds(_ nanoseconds: UInt64) -> String {
  let part = String(nanoseconds % 1000)
  return grouped(nanoseconds / 1000) + "." + String(repeating: "0", count: 3 - part.count) + part
}

extension String {
  func left(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
  func right(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
