/// Reads what `valgrind --tool=lackey --trace-mem=yes` writes, of any length: lines `I  04001000,3`,
/// ` L 1ffeffe7e0,8`, ` S ...` and ` M ...`, the address in hex, the size in decimal.
///
/// All other lines are passed over: valgrind's own (`==pid==`), and the program's output, which has
/// the same terminal unless `--log-file` is given. A line that begins like a reference and is none is
/// an error, unless it is the last one and was cut off.
public struct LackeyReader: AccessSource, ~Copyable {
  private var scanner: LineScanner
  private var referenceCount: UInt64 = 0
  private var otherLines = 0
  private var endsInReference = false
  private var isAtEnd = false

  /// - Throws: when the file cannot be opened or read.
  public init(path: String) throws(TraceError) {
    scanner = try LineScanner(path: path)
  }

  /// What a reader of results has to know. Complete at the end of the reading.
  public var caveats: [String] {
    var caveats = [
      "The addresses are those that valgrind gave the program, not Linux: code, heap and stack lie "
        + "elsewhere and closer together."
    ]
    if otherLines > 0 {
      caveats.append(
        "\(otherLines) line\(otherLines == 1 ? " was" : "s were") neither references nor valgrind's "
          + "own: output of the program. It may have cut references; valgrind's --log-file keeps "
          + "them apart.")
    }
    if endsInReference { caveats.append("The text ends in the middle of a reference.") }
    return caveats
  }

  public mutating func next(_ batch: inout [AccessRecord]) throws(TraceError) -> Bool {
    batch.removeAll(keepingCapacity: true)
    while !isAtEnd, batch.count < AccessBatch.limit {
      guard try scanner.nextLine() else {
        isAtEnd = true
        break
      }
      if let kind = Self.kind(scanner) {
        if let record = Self.reference(kind, &scanner) {
          batch.append(record)
        } else if scanner.isCutOff {
          endsInReference = true
        } else {
          throw scanner.error(
            "expected ADDRESS,SIZE: a hex number and one from 1 to \(AccessRecord.largestSize)")
        }
      } else {
        try passOver()
      }
    }
    referenceCount += UInt64(batch.count)
    if isAtEnd, referenceCount == 0 {
      throw TraceError(
        path: scanner.path,
        message: "holds no reference; expected what valgrind --tool=lackey --trace-mem=yes writes")
    }
    return !batch.isEmpty
  }

  private mutating func passOver() throws(TraceError) {
    if scanner.length == 0 || Self.isValgrinds(scanner) { return }
    if scanner.holdsZero {
      throw scanner.error("holds a zero byte; expected text, as lackey writes it")
    }
    otherLines += 1
  }
}

extension LackeyReader {
  /// Whether one of the first thousand lines of a file, plain or compressed, is lackey's.
  static func recognises(path: String) -> Bool {
    guard var scanner = try? LineScanner(path: path) else { return false }
    for _ in 0..<1000 {
      guard (try? scanner.nextLine()) == true else { return false }
      if isValgrinds(scanner), scanner.text.contains("== Lackey") { return true }
      if let kind = kind(scanner), reference(kind, &scanner) != nil { return true }
    }
    return false
  }

  /// The kind of a line that begins like a reference: marker, blanks, a hex digit.
  @inline(__always)
  private static func kind(_ scanner: borrowing LineScanner) -> AccessRecord.Kind? {
    guard scanner.byte(2) == UInt8(ascii: " ") else { return nil }
    let digit = scanner.byte(3)
    guard (0x30...0x39).contains(digit) || (0x61...0x66).contains(digit) else { return nil }
    return switch (scanner.byte(0), scanner.byte(1)) {
    case (UInt8(ascii: "I"), UInt8(ascii: " ")): .instruction
    case (UInt8(ascii: " "), UInt8(ascii: "L")): .load
    case (UInt8(ascii: " "), UInt8(ascii: "S")): .store
    case (UInt8(ascii: " "), UInt8(ascii: "M")): .modify
    default: nil
    }
  }

  @inline(__always)
  private static func reference(
    _ kind: AccessRecord.Kind, _ scanner: inout LineScanner
  ) -> AccessRecord? {
    scanner.skip(3)
    guard let address = scanner.number(base: 16, endingAt: UInt8(ascii: ",")),
      let size = scanner.number(base: 10, endingAt: nil), size >= 1,
      size <= AccessRecord.largestSize
    else { return nil }
    return AccessRecord(kind, address: address, size: UInt32(size))
  }

  /// `==12345== ...`, and the same with `--` and `**`.
  private static func isValgrinds(_ scanner: borrowing LineScanner) -> Bool {
    let mark = scanner.byte(0)
    guard mark == UInt8(ascii: "=") || mark == UInt8(ascii: "-") || mark == UInt8(ascii: "*"),
      scanner.byte(1) == mark
    else { return false }
    var index = 2
    while (0x30...0x39).contains(scanner.byte(index)) { index += 1 }
    return index > 2 && scanner.byte(index) == mark && scanner.byte(index + 1) == mark
  }
}
