internal import MemoryUnits

/// Numbers as people read them. A space between number and unit is a no-break space, so that lines
/// break elsewhere.
enum Quantity {
  static let space = "\u{a0}"

  /// `5.10 GiB`, three significant digits.
  static func bytes(_ value: Double) -> String {
    guard value.magnitude < 9e18 else { return "?" }
    return ByteCount(Int(value.rounded())).rounded.replacing(" ", with: space)
  }

  /// `2,544` or `-1,234.5`, with so many decimals.
  static func number(_ value: Double, decimals: Int = 0) -> String {
    guard value.magnitude < 1e15 else { return "?" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value.magnitude * scale).rounded())
    let whole = String(scaled / Int(scale))
    var text = ""
    for (place, digit) in whole.enumerated() {
      if place > 0, (whole.count - place) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    if decimals > 0 {
      let part = String(scaled % Int(scale))
      text += "." + String(repeating: "0", count: decimals - part.count) + part
    }
    return (value < 0 && scaled > 0 ? "-" : "") + text
  }

  static func number(_ value: UInt64) -> String {
    value < 1 << 50 ? number(Double(value)) : String(value)
  }

  /// `97 %`; below 10 % one decimal, and never 0 or 100 for what is only near it: `<0.1 %`, `99.9 %`.
  static func percent(_ share: Double) -> String {
    let value = share * 100
    if value > 0, value < 0.05 { return "<0.1\(space)%" }
    if value >= 99.5, value < 100 {
      return number(min(value, 99.9), decimals: 1) + space + "%"
    }
    return number(value, decimals: value > 0 && value < 9.95 ? 1 : 0) + space + "%"
  }

  /// `1.01`
  static func ratio(_ value: Double) -> String { number(value, decimals: value < 99.5 ? 2 : 0) }

  /// `.59`, as the index of a share is printed: between 0 and 1 without the leading zero.
  static func index(_ value: Double) -> String {
    let text = number(value, decimals: 2)
    return text.hasPrefix("0.") ? String(text.dropFirst()) : text
  }

  /// `2.4 M`, `18.2 k`, `951`.
  static func count(_ value: UInt64) -> String {
    let value = Double(value)
    return switch value {
    case ..<10_000: number(value)
    case ..<999_500: number(value / 1e3, decimals: value < 99_950 ? 1 : 0) + space + "k"
    case ..<999_500_000: number(value / 1e6, decimals: value < 99_950_000 ? 1 : 0) + space + "M"
    default: number(value / 1e9, decimals: 1) + space + "G"
    }
  }

  /// `2.41 s`, `48 s`, `3 min 20 s`, `850 ms`.
  static func duration(nanoseconds: UInt64) -> String {
    let seconds = Double(nanoseconds) / 1e9
    switch seconds {
    case ..<0.001: return number(seconds * 1e6, decimals: seconds < 1e-4 ? 1 : 0) + space + "µs"
    case ..<0.9995: return number(seconds * 1e3, decimals: seconds < 0.1 ? 1 : 0) + space + "ms"
    case ..<9.995: return number(seconds, decimals: 2) + space + "s"
    case ..<120: return number(seconds, decimals: seconds < 99.95 ? 1 : 0) + space + "s"
    default:
      let whole = Int(seconds.rounded())
      return "\(number(Double(whole / 60)))\(space)min \(whole % 60)\(space)s"
    }
  }

  /// `A`, `A and B`, `A, B and C`.
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }
}
