extension HeapTrace {
  /// Writes the records alone, as they lie in memory (CHeapFormats/heap_record.h): what child
  /// processes map or read, so that a recording is decoded once. The file has no header; counts and
  /// span are told to the child beside it.
  public func writeFlatFile(to path: String) throws(TraceError) {
    var file = try OutputFile(path: path)
    // Bounded pieces, so that the copy of the bytes stays small.
    var first = 0
    while first < records.count {
      let end = min(first + 1 << 16, records.count)
      // A record has no padding, so all of its bytes are initialised.
      let bytes = unsafe records[first..<end].withUnsafeBytes { unsafe [UInt8]($0) }
      try file.append(bytes)
      first = end
    }
    try file.commit()
  }
}
