internal import MemoryUnits

/// How many objects of each size a program allocates per second, and how many of them live at any
/// time: three columns `size,rate,live`, the first line may name them, lines with # are comments.
/// Sizes may carry a unit (`64KiB`). Profiles of whole fleets come in this form.
///
/// By Little's law the mean lifetime of a class is live / rate.
struct SizeTable {
  struct SizeClass: Hashable {
    var size: UInt64
    /// Allocations per second.
    var rate: Double
    /// Objects alive at any time.
    var live: UInt64
  }

  let path: String
  private(set) var classes: [SizeClass] = []

  /// Whether a file that begins with this line is a table: three columns of text. What is wrong in
  /// them is said with its line, so bytes that no one could read are none.
  static func recognises(_ line: borrowing LineScanner) -> Bool {
    line.isPrintable
      && line.text.split(separator: ",", omittingEmptySubsequences: false).count == 3
  }

  /// Reads from the current line of `scanner` to the end.
  init(_ scanner: inout LineScanner) throws(TraceError) {
    path = scanner.path
    var mayBeHeader = true
    repeat {
      scanner.skip(0)
      if scanner.isAtEnd() || scanner.byte(0) == UInt8(ascii: "#") { continue }
      let columns = scanner.text.split(separator: ",", omittingEmptySubsequences: false)
      let fields = columns.map(Self.trim)
      if mayBeHeader, fields == ["size", "rate", "live"] {
        mayBeHeader = false
        continue
      }
      mayBeHeader = false
      classes.append(try Self.sizeClass(fields, scanner))
    } while try scanner.nextLine()
    guard classes.contains(where: { $0.live > 0 || $0.rate > 0 }) else {
      throw TraceError(path: path, message: "no class has a rate or live objects")
    }
  }

  private static func sizeClass(
    _ fields: [String], _ line: borrowing LineScanner
  ) throws(TraceError) -> SizeClass {
    guard fields.count == 3 else {
      throw line.error("expected three columns size,rate,live; found \(fields.count)")
    }
    guard let size = ByteCount(fields[0]), size.rawValue < 1 << 47 else {
      throw line.error("size '\(fields[0])'; expected bytes below 2^47, such as 4096 or 64KiB")
    }
    guard let rate = Double(fields[1]), rate.isFinite, rate >= 0 else {
      throw line.error("rate '\(fields[1])'; expected allocations per second, 0 or more")
    }
    guard let live = UInt64(fields[2]), live < 1 << 32 else {
      throw line.error("live '\(fields[2])'; expected a number of objects, 0 or more")
    }
    return SizeClass(size: UInt64(size.rawValue), rate: rate, live: live)
  }

  private static func trim(_ field: Substring) -> String {
    var rest = field[...]
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return rest.lowercased()
  }
}
