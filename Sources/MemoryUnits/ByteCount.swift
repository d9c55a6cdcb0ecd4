/// A number of bytes, read and written as people write it: `8GiB`, `2M`, `4096`.
@frozen
public struct ByteCount: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: Int

  @inlinable
  public init(rawValue: Int) { self.rawValue = rawValue }

  @inlinable
  public init(_ bytes: Int) { self.rawValue = bytes }

  @inlinable
  public static func < (left: ByteCount, right: ByteCount) -> Bool {
    left.rawValue < right.rawValue
  }

  /// Whole 4 KiB frames that are needed to hold these bytes.
  @inlinable
  public var frames: Int { (rawValue + 4095) >> 12 }

  /// Reads `4096`, `64K`, `64KiB`, `2M`, `1.5GiB`, `1TiB`, in upper or lower case, with or without
  /// `B`. All units are powers of 1024, as in every kernel interface. Nil for anything else, for
  /// negative sizes and for more than `Int.max` bytes.
  public init?(_ text: some StringProtocol) {
    var digits = ""
    var unit = ""
    for character in text.lowercased() where character != " " {
      if unit.isEmpty, character.isNumber || character == "." {
        digits.append(character)
      } else {
        unit.append(character)
      }
    }
    let shift: Int
    switch unit {
    case "", "b": shift = 0
    case "k", "kb", "kib": shift = 10
    case "m", "mb", "mib": shift = 20
    case "g", "gb", "gib": shift = 30
    case "t", "tb", "tib": shift = 40
    default: return nil
    }
    if let whole = Int(digits) {
      let (bytes, overflow) = whole.multipliedReportingOverflow(by: 1 << shift)
      if overflow { return nil }
      self.init(bytes)
    } else {
      guard let value = Double(digits), value.isFinite else { return nil }
      let bytes = value * Double(1 << shift)
      guard bytes < Double(Int.max), bytes == Double(Int(bytes)) else { return nil }
      self.init(Int(bytes))
    }
  }
}

extension ByteCount: CustomStringConvertible {
  /// The exact count in the largest unit that divides it (`2MiB`, `1536KiB`, `4097`); reads back as
  /// the same count.
  public var description: String {
    for (unit, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
    where rawValue != 0 && rawValue & ((1 << shift) - 1) == 0 {
      return "\(rawValue >> shift)\(unit)"
    }
    return "\(rawValue)"
  }

  /// Three significant digits for people: `1.24 GiB`, `212 MiB`, `987 B`.
  public var rounded: String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var value = Double(rawValue)
    var unit = 0
    while value.magnitude >= 999.5, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    if unit == 0 { return "\(rawValue) B" }
    let scale: Double = value.magnitude < 9.995 ? 100 : value.magnitude < 99.95 ? 10 : 1
    let scaled = Int(value * scale + (value < 0 ? -0.5 : 0.5))
    let whole = scaled / Int(scale)
    let part = abs(scaled % Int(scale))
    switch scale {
    case 100: return "\(whole).\(part < 10 ? "0" : "")\(part) \(units[unit])"
    case 10: return "\(whole).\(part) \(units[unit])"
    default: return "\(whole) \(units[unit])"
    }
  }
}
