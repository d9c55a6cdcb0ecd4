/// A length of time, read as people write it: `30s`, `500ms`, `2m`.
@frozen
public struct TimeSpan: Hashable, Comparable, Sendable {
  public var nanoseconds: UInt64

  @inlinable
  public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  @inlinable
  public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Reads `250us`, `500ms`, `1.5s`, `2m`, `1h`, with or without blanks before the unit. Nil without
  /// a unit, for zero and less, and for more than 285 years.
  public init?(_ text: some StringProtocol) {
    var digits = ""
    var unit = ""
    for character in text where character != " " {
      if unit.isEmpty, character.isASCII, character.isNumber || character == "." {
        digits.append(character)
      } else {
        unit.append(character)
      }
    }
    let scale: Double
    switch unit {
    case "ns": scale = 1
    case "us": scale = 1e3
    case "ms": scale = 1e6
    case "s": scale = 1e9
    case "m": scale = 60e9
    case "h": scale = 3600e9
    default: return nil
    }
    guard let value = Double(digits), value * scale >= 1, value * scale < 9e18 else { return nil }
    nanoseconds = UInt64(value * scale)
  }
}

extension TimeSpan: CustomStringConvertible {
  /// The exact length in the largest unit that divides it (`30s`, `1500ms`); reads back as the same.
  public var description: String {
    let units: [(String, UInt64)] = [
      ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
      ("us", 1000),
    ]
    for (unit, scale) in units where nanoseconds > 0 && nanoseconds % scale == 0 {
      return "\(nanoseconds / scale)\(unit)"
    }
    return "\(nanoseconds)ns"
  }
}
