extension HeapTrace {
  /// Reads a recording of any known format, told apart by its content: made by `framelab record
  /// heap` or written by `write(to:)`, or by other tools (`ForeignTrace`), which `options` serve.
  ///
  /// A recording that is still growing, was cut short or is damaged from some point on gives
  /// everything before that point, and a caveat says so.
  ///
  /// - Throws: when nothing can be read, or what can be read is no heap trace.
  public static func load(
    path: String, options: ForeignOptions = ForeignOptions()
  ) throws(TraceError) -> HeapTrace {
    guard try InputFile(path: path).read(8, at: 0) == TraceFileHeader.magic else {
      return try ForeignTrace.read(path: path, options: options)
    }
    var reader = try TraceReader(path: path, kind: .heap)
    var content = HeapTraceContent(path: path)
    do {
      while let block = try reader.next() { try content.take(block) }
      if !content.isSealed {
        content.caveats.append("The recording was not sealed: what was last recorded is missing.")
      }
    } catch {
      guard content.hasEvents else { throw error }
      content.caveats.append(
        "The recording is damaged or was cut short at \(error.place ?? "its end"): "
          + "what came later is missing.")
    }
    return try content.trace()
  }
}
