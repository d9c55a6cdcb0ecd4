/// Reads a text file line by line and the fields of a line from left to right, without making a
/// string of either.
struct LineScanner: ~Copyable {
  private var input: ForeignInput
  private var buffer: [UInt8] = []
  private var lineStart = 0
  /// One past the last byte of the line, its end-of-line bytes excluded.
  private var lineEnd = 0
  private var nextStart = 0
  private var atEnd = false
  /// Where the next field starts.
  private var cursor = 0
  /// Whether the file ends in the current line, without an end of line.
  private(set) var isCutOff = false
  /// Number of the current line, from 1; 0 before the first.
  private(set) var lineNumber = 0

  /// Longer lines are not text.
  static let lengthLimit = 16 << 20

  init(path: String) throws(TraceError) {
    input = try ForeignInput(path: path)
  }

  var path: String { input.path }

  /// An error at the current line.
  func error(_ message: String) -> TraceError {
    TraceError(path: path, place: "line \(lineNumber)", message: message)
  }

  /// Goes to the next line; false behind the last one.
  mutating func nextLine() throws(TraceError) -> Bool {
    var searched = nextStart
    while true {
      if let newline = firstNewline(from: searched) {
        begin(lineFrom: nextStart, to: newline)
        nextStart = newline + 1
        return true
      }
      if atEnd {
        guard nextStart < buffer.count else { return false }
        begin(lineFrom: nextStart, to: buffer.count)
        isCutOff = true
        nextStart = buffer.count
        return true
      }
      if buffer.count - nextStart > Self.lengthLimit {
        lineNumber += 1
        throw error("longer than 16 MiB; this is no text file")
      }
      searched = buffer.count - nextStart
      buffer.removeSubrange(0..<nextStart)
      nextStart = 0
      atEnd = try !input.read(appendingTo: &buffer)
    }
  }

  private func firstNewline(from start: Int) -> Int? {
    let bytes = buffer.span
    var index = start
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\n") { return index }
      index &+= 1
    }
    return nil
  }

  private mutating func begin(lineFrom start: Int, to end: Int) {
    lineStart = start
    lineEnd = end
    if lineEnd > lineStart, buffer[lineEnd - 1] == UInt8(ascii: "\r") { lineEnd -= 1 }
    cursor = lineStart
    lineNumber += 1
  }

  /// Bytes of the line, its end excluded.
  var length: Int { lineEnd - lineStart }

  /// Byte of the line at `index`; 0 behind its end.
  func byte(_ index: Int) -> UInt8 {
    lineStart + index < lineEnd ? buffer[lineStart + index] : 0
  }

  /// Whether the line holds nothing but printable ASCII and tabs.
  var isPrintable: Bool {
    buffer[lineStart..<lineEnd].allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x09 }
  }

  var holdsZero: Bool { buffer[lineStart..<lineEnd].contains(0) }

  /// The line as text, for messages and rare lines.
  var text: String { String(decoding: buffer[lineStart..<lineEnd], as: UTF8.self) }
}

extension LineScanner {
  /// Goes on behind the first `count` bytes of the line.
  mutating func skip(_ count: Int) { cursor = min(lineStart + count, lineEnd) }

  /// How many bytes of the line lie behind the cursor.
  var remaining: Int { lineEnd - cursor }

  /// Whether nothing but blanks is left of the line.
  mutating func isAtEnd() -> Bool {
    skipBlanks()
    return cursor == lineEnd
  }

  private mutating func skipBlanks() {
    while cursor < lineEnd, buffer[cursor] == 0x20 || buffer[cursor] == 0x09 { cursor += 1 }
  }

  /// The next field as an unsigned number of that base (10 or 16); nil when there is none, when it
  /// holds another character, or above 2^64 - 1. The cursor stands behind it, or at the field.
  mutating func number(base: UInt64) -> UInt64? {
    skipBlanks()
    var index = cursor
    var value: UInt64 = 0
    while index < lineEnd, buffer[index] != 0x20, buffer[index] != 0x09 {
      let digit = Self.digit(buffer[index])
      guard digit < base else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: base)
      let (sum, carry) = product.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
      index &+= 1
    }
    if index == cursor { return nil }
    cursor = index
    return value
  }

  /// The number of that base (10 or 16) from the cursor to the byte `end`, behind which the cursor then
  /// stands, or to the end of the line; nil as above, when it has no digit, or without `end`.
  mutating func number(base: UInt64, endingAt end: UInt8?) -> UInt64? {
    let top: UInt64 = .max / base
    var index = cursor
    var value: UInt64 = 0
    while index < lineEnd, buffer[index] != end {
      let digit = Self.digit(buffer[index])
      guard digit < base, value <= top else { return nil }
      let (sum, carry) = (value &* base).addingReportingOverflow(digit)
      if carry { return nil }
      value = sum
      index &+= 1
    }
    if index == cursor || (end != nil && index == lineEnd) { return nil }
    cursor = end == nil ? index : index + 1
    return value
  }

  /// Value of a digit, 255 for any other byte.
  private static func digit(_ byte: UInt8) -> UInt64 {
    switch byte {
    case 0x30...0x39: UInt64(byte &- 0x30)
    case 0x61...0x66: UInt64(byte &- 0x61 &+ 10)
    case 0x41...0x46: UInt64(byte &- 0x41 &+ 10)
    default: 255
    }
  }
}
