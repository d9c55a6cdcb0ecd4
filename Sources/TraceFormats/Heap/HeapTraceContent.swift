/// What the blocks of one file add up to.
struct HeapTraceContent {
  let path: String
  var caveats: [String] = []
  private var metadata: TraceMetadata?
  private var end: TraceMetadata?
  private var records: [HeapRecord] = []
  private var residentSamples: [ResidentSample] = []
  private var eventBlocks: [UInt16: [TraceBlock]] = [:]
  /// The last pair of a stamp and the CLOCK_MONOTONIC time of the same moment.
  private var lastClock: (stamp: UInt64, ns: UInt64)?

  init(path: String) { self.path = path }

  var isSealed: Bool { end != nil }
  var hasEvents: Bool { !records.isEmpty || !eventBlocks.isEmpty }

  /// Blocks of unknown types are passed over: they come from a later minor version.
  mutating func take(_ block: TraceBlock) throws(TraceError) {
    switch HeapBlockType(rawValue: block.header.type) {
    case .metadata: metadata = TraceMetadata(bytes: block.bytes[try section(0, of: block)])
    case .end: end = TraceMetadata(bytes: block.bytes[try section(0, of: block)])
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
    case .clock:
      let columns = try numbers(block, columns: 2)
      if let stamp = columns[0].last, let ns = columns[1].last { lastClock = (stamp, ns) }
    case .events:
      guard block.sections.count == 5 else { throw malformed(block) }
      eventBlocks[block.header.thread, default: []].append(block)
    case nil: break
    }
  }

  consuming func trace() throws(TraceError) -> HeapTrace {
    guard let metadata else {
      throw TraceError(path: path, message: "no metadata block: expected one before the events")
    }
    if metadata["form"] == "events" { return try merged(metadata) }
    let shape = try HeapTraceShape(checking: records, path: path)
    return HeapTrace(
      records: records,
      slotCount: max(shape.slotCount, min(count("slots") ?? 0, Int(UInt32.max))),
      threadCount: max(shape.threadCount, min(count("threads") ?? 0, 1 << 16)),
      spanNs: max(records.last?.timeNs ?? 0, end?.number("span_ns") ?? 0),
      residentSamples: residentSamples, origin: metadata["origin"] ?? "framelab",
      caveats: caveats)
  }

  /// The trace of a recording that names objects by address, thread by thread.
  private consuming func merged(_ metadata: TraceMetadata) throws(TraceError) -> HeapTrace {
    let clock = try clock(metadata)
    let streams = eventBlocks.sorted { $0.key < $1.key }
      .map { HeapStream(thread: $0.key, blocks: $0.value) }
    let events = eventBlocks.values.joined().reduce(0) { $0 + $1.sections[0].count }
    eventBlocks = [:]
    var merge = HeapMerge(
      streams: streams, clock: clock.clock, toleranceStamps: clock.tolerance,
      events: events)
    merge.run()
    // Only a damaged or made-up recording can have sizes whose sums overflow.
    let most = merge.largestSize.multipliedReportingOverflow(by: UInt64(merge.slotCount))
    if most.overflow || most.partialValue > HeapTraceShape.mostLiveBytes {
      _ = try HeapTraceShape(checking: merge.records, path: path)
    }
    var caveats = self.caveats
    caveats += HeapRecordingCaveats.all(metadata: metadata, end: end, merge: merge)
    return HeapTrace(
      records: merge.records, slotCount: Int(merge.slotCount),
      threadCount: min(merge.threadCount, 1 << 16),
      spanNs: max(merge.records.last?.timeNs ?? 0, end?.number("span_ns") ?? 0),
      residentSamples: residentSamples, origin: metadata["origin"] ?? "framelab",
      caveats: caveats)
  }

  /// Threads are told apart up to this difference of their stamps, in which they may be exchanged.
  private static let toleranceNs = 5000.0

  private func clock(
    _ metadata: TraceMetadata
  ) throws(TraceError) -> (clock: HeapClock, tolerance: UInt64) {
    guard let start = metadata.number("start_stamp"),
      let startNs = metadata.number("start_monotonic_ns"),
      var nsPerUnit = metadata["ns_per_unit"].flatMap({ Double($0) }), nsPerUnit.isFinite,
      nsPerUnit > 0, nsPerUnit < 1e9
    else {
      throw TraceError(
        path: path, message: "the metadata do not describe the clock: expected its start and unit")
    }
    // The longer the recording, the better its own two ends tell the frequency.
    if let last = lastClock, last.stamp > start, last.ns > startNs + 10_000_000 {
      nsPerUnit = Double(last.ns - startNs) / Double(last.stamp - start)
    }
    return (
      HeapClock(startStamp: start, nsPerUnit: nsPerUnit),
      UInt64(min(max(Self.toleranceNs / nsPerUnit, 2), 1e6))
    )
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
