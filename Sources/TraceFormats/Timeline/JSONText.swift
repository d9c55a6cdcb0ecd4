/// JSON by hand, appended to bytes: a timeline has millions of events and none of them is kept.
enum JSONText {
  /// A string in quotes. Control characters, quotes and backslashes are escaped, all else is UTF-8.
  static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes += Array("\\u00".utf8)
        bytes.append(digit(byte >> 4))
        bytes.append(digit(byte & 15))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Nanoseconds as microseconds with as much of a fraction as they have, exactly: viewers count in
  /// microseconds.
  static func appendMicroseconds(_ ns: UInt64, to bytes: inout [UInt8]) {
    append(number: ns / 1000, to: &bytes)
    let rest = ns % 1000
    if rest == 0 { return }
    bytes.append(UInt8(ascii: "."))
    bytes.append(digit(UInt8(rest / 100)))
    if rest % 100 == 0 { return }
    bytes.append(digit(UInt8(rest / 10 % 10)))
    if rest % 10 != 0 { bytes.append(digit(UInt8(rest % 10))) }
  }

  static func append(number: some BinaryInteger, to bytes: inout [UInt8]) {
    bytes += String(number).utf8
  }

  static func append(_ value: TimelineValue, to bytes: inout [UInt8]) {
    switch value {
    case .number(let number): append(number: number, to: &bytes)
    // JSON has no infinities; a viewer shows nothing for null.
    case .real(let number): bytes += (number.isFinite ? "\(number)" : "null").utf8
    case .text(let text): append(text, to: &bytes)
    case .hex(let number): append("0x" + String(number, radix: 16), to: &bytes)
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
