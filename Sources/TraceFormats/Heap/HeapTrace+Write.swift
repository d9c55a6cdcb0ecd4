extension HeapTrace {
  /// Writes the trace as a framelab recording, under a temporary name until it is complete.
  ///
  /// What is read back by `load(path:)` equals what was written, record for record.
  ///
  /// - Throws: when the file cannot be written, or a record goes back in time.
  public func write(to path: String) throws(TraceError) {
    var before: UInt64 = 0
    for (index, record) in records.enumerated() {
      guard record.operation != nil, record.timeNs >= before, record.alignmentShift < 64 else {
        throw TraceError(
          path: path, place: "record \(index)",
          message: "cannot be written: expected an operation of ours, in order of time")
      }
      before = record.timeNs
    }
    var writer = try TraceWriter(path: path, kind: .heap)
    do {
      try writeBlocks(to: &writer)
    } catch {
      writer.discard()
      throw error
    }
    try writer.commit()
  }

  private func writeBlocks(to writer: inout TraceWriter) throws(TraceError) {
    let metadata = TraceMetadata(["origin": origin, "form": "merged"])
    try writer.append(
      type: HeapBlockType.metadata.rawValue, count: 0, sections: [metadata.bytes])
    for caveat in caveats {
      try writer.append(
        type: HeapBlockType.caveat.rawValue, count: 1, sections: [Array(caveat.utf8)])
    }
    var start = 0
    while start < records.count {
      let end = min(start + HeapRecordColumns.recordsPerBlock, records.count)
      let slice = records[start..<end]
      try writer.append(
        type: HeapBlockType.records.rawValue, count: slice.count,
        firstStamp: slice.first?.timeNs ?? 0, sections: HeapRecordColumns.encode(slice))
      start = end
    }
    try Self.write(residentSamples, to: &writer)
    let end = TraceMetadata([
      "slots": "\(slotCount)", "threads": "\(threadCount)", "span_ns": "\(spanNs)",
    ])
    try writer.append(type: HeapBlockType.end.rawValue, count: 0, sections: [end.bytes])
  }

  /// One block of resident samples, stamps in the clock of the recording; none for no samples.
  package static func write(
    _ samples: [ResidentSample], to writer: inout TraceWriter
  ) throws(TraceError) {
    if samples.isEmpty { return }
    var sections = [[UInt8]](repeating: [], count: 3)
    for sample in samples {
      LittleEndian.append(sample.timeNs, width: 8, to: &sections[0])
      LittleEndian.append(sample.residentBytes, width: 8, to: &sections[1])
      LittleEndian.append(sample.anonHugeBytes, width: 8, to: &sections[2])
    }
    try writer.append(
      type: HeapBlockType.resident.rawValue, count: samples.count,
      firstStamp: samples[0].timeNs, sections: sections)
  }
}
