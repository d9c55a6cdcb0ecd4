/// Writes a recording of memory references, reference by reference. What is complete can be read
/// while the file grows; it is called `path.partial` until `seal()`.
public struct AccessTraceWriter: ~Copyable {
  private var writer: TraceWriter
  private var columns = AccessColumns()
  private var counts: InlineArray<4, UInt64> = .init(repeating: 0)
  private var written: UInt64 = 0

  /// - Parameters:
  ///   - origin: where the references come from: `lackey`, `generated`.
  ///   - level: of zstd: negative ones are faster, higher ones smaller.
  public init(path: String, origin: String, level: Int32 = 3) throws(TraceError) {
    var writer = try TraceWriter(
      path: path, kind: .access, level: level, keepsUnpackable: true)
    let metadata = TraceMetadata(["origin": origin])
    try writer.append(
      type: AccessBlockType.metadata.rawValue, count: 0, sections: [metadata.bytes])
    self.writer = writer
  }

  public var referenceCount: UInt64 { written + UInt64(columns.count) }

  /// - Throws: when the reference has no size, or the file cannot be written.
  public mutating func append(_ record: AccessRecord) throws(TraceError) {
    guard record.size >= 1, record.size <= AccessRecord.largestSize else {
      throw TraceError(
        path: writer.path, place: "reference \(referenceCount)",
        message: "cannot be written: expected a size of 1 to \(AccessRecord.largestSize) bytes")
    }
    columns.append(record)
    counts[Int(record.kind.rawValue)] += 1
    if columns.count == AccessColumns.recordsPerBlock { try flush() }
  }

  public mutating func append(_ batch: [AccessRecord]) throws(TraceError) {
    for record in batch { try append(record) }
  }

  /// What a reader of results has to know about this recording, one sentence.
  public mutating func note(_ caveat: String) throws(TraceError) {
    try append(.caveat, Array(caveat.utf8))
  }

  /// Ends the block: what was appended can be read from now on. Blocks below the usual 131,072
  /// references pack worse.
  public mutating func flush() throws(TraceError) {
    if columns.count == 0 { return }
    try writer.append(
      type: AccessBlockType.references.rawValue, count: columns.count, firstStamp: written,
      sections: columns.sections)
    written += UInt64(columns.count)
    columns.removeAll()
  }

  /// Writes what is left and gives the complete file its name.
  public consuming func seal() throws(TraceError) {
    do {
      try flush()
      var end = TraceMetadata(["references": "\(written)"])
      for kind in AccessRecord.Kind.allCases { end["\(kind)"] = "\(counts[Int(kind.rawValue)])" }
      try append(.end, end.bytes)
    } catch {
      writer.discard()
      throw error
    }
    try writer.commit()
  }

  /// Removes what was written.
  public consuming func discard() { writer.discard() }

  private mutating func append(_ type: AccessBlockType, _ section: [UInt8]) throws(TraceError) {
    try writer.append(type: type.rawValue, count: 0, sections: [section])
  }
}
