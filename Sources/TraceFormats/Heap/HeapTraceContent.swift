/// What the blocks of one file add up to.
struct HeapTraceContent {
  let path: String
  var caveats: [String] = []
  private var metadata: HeapMetadata?
  private var end: HeapMetadata?
  private var records: [HeapRecord] = []
  private var residentSamples: [ResidentSample] = []

  init(path: String) { self.path = path }

  var isSealed: Bool { end != nil }
  var hasEvents: Bool { !records.isEmpty }

  /// Blocks of unknown types are passed over: they come from a later minor version.
  mutating func take(_ block: TraceBlock) throws(TraceError) {
    switch HeapBlockType(rawValue: block.header.type) {
    case .metadata: metadata = HeapMetadata(bytes: block.bytes[try section(0, of: block)])
    case .end: end = HeapMetadata(bytes: block.bytes[try section(0, of: block)])
    case .caveat:
      caveats.append(String(decoding: block.bytes[try section(0, of: block)], as: UTF8.self))
    case .records:
      guard HeapRecordColumns.decode(block, into: &records) else { throw malformed(block) }
    case .resident:
      let columns = try numbers(block, columns: 3)
      for index in columns[0].indices {
        residentSamples.append(
          ResidentSample(
            timeNs: columns[0][index], residentBytes: columns[1][index],
            anonHugeBytes: columns[2][index]))
      }
    case .clock, .events, nil: break
    }
  }

  func trace() throws(TraceError) -> HeapTrace {
    guard let metadata else {
      throw TraceError(path: path, message: "no metadata block: expected one before the events")
    }
    let shape = try HeapTraceShape(checking: records, path: path)
    return HeapTrace(
      records: records,
      slotCount: max(shape.slotCount, min(count("slots") ?? 0, Int(UInt32.max))),
      threadCount: max(shape.threadCount, min(count("threads") ?? 0, 1 << 16)),
      spanNs: max(records.last?.timeNs ?? 0, end?.number("span_ns") ?? 0),
      residentSamples: residentSamples, origin: metadata["origin"] ?? "framelab",
      caveats: caveats)
  }

  private func count(_ key: String) -> Int? { end?.number(key).map { Int(clamping: $0) } }

  private func section(_ index: Int, of block: TraceBlock) throws(TraceError) -> Range<Int> {
    guard index < block.sections.count else { throw malformed(block) }
    return block.sections[index]
  }

  /// Columns of 8-byte numbers, all as long as the block says.
  private func numbers(_ block: TraceBlock, columns: Int) throws(TraceError) -> [[UInt64]] {
    let count = Int(block.header.count)
    guard block.sections.count == columns,
      block.sections.allSatisfy({ $0.count == 8 * count })
    else { throw malformed(block) }
    return block.sections.map { section in
      (0..<count).map { LittleEndian.read(block.bytes, section.lowerBound + 8 * $0, width: 8) }
    }
  }

  private func malformed(_ block: TraceBlock) -> TraceError {
    TraceError(
      path: path, place: block.place,
      message: "the content of a block is not what its type says; expected whole columns")
  }
}
