/// Reads recordings made by other tools, told apart by their content.
enum ForeignTrace {
  /// What is read, for messages and help.
  static let formats =
    "a recording by framelab, heaptrack (interpreted or --raw), CMU malloc lab .rep, or a size "
    + "table in CSV; plain, .gz or .zst"

  /// Reads a heaptrack file (interpreted or raw), a .rep file or a size table, each plain, gzipped
  /// or compressed with zstd.
  ///
  /// - Throws: `TraceError` that names the file and the line, and says what was expected.
  static func read(
    path: String, options: ForeignOptions = ForeignOptions()
  ) throws(TraceError) -> HeapTrace {
    var scanner = try LineScanner(path: path)
    repeat {
      guard try scanner.nextLine() else {
        throw TraceError(path: path, message: "is empty; expected \(formats)")
      }
      // A size table may begin with comments, and any file with blank lines.
    } while scanner.isAtEnd() || scanner.byte(0) == UInt8(ascii: "#")
    if HeaptrackReader.recognises(scanner) {
      return try HeaptrackReader.read(&scanner, options: options)
    }
    if RepReader.recognises(&scanner) {
      return try RepReader.read(&scanner, options: options)
    }
    if SizeTable.recognises(scanner) {
      return try SizeTable(&scanner).process(options: options)
    }
    throw TraceError(path: path, message: "is of no known format; expected \(formats)")
  }
}
