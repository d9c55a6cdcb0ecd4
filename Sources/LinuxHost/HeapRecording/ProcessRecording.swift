internal import CHeapFormats
internal import TraceFormats

/// The recording of one process image: from its ring to its file.
struct ProcessRecording: ~Copyable {
  /// Chunks above this number give their memory back once they are read: the process took them
  /// because the parent was slow for a moment.
  private static let chunksToKeep = 64
  /// Events are in the file after this time at the latest, ns.
  private static let flushInterval: UInt64 = 1_000_000_000

  private struct Stream {
    var columns: HeapEventColumns
    /// Of the chunk that comes next.
    var sequence: UInt32
  }

  let ring: RingFile
  let path: String
  private(set) var eventCount: UInt64 = 0
  private(set) var threadCount = 0
  /// Whether the process wrote over its ring.
  private(set) var isDamaged = false
  private let clock: RecordingClock
  private var writer: TraceWriter
  private var streams: [UInt32: Stream] = [:]
  private var samples: [ResidentSample] = []
  private var lastFlushNs: UInt64

  init(
    ring: RingFile, path: String, clock: RecordingClock, description: [String: String]
  ) throws(TraceError) {
    self.ring = ring
    self.path = path
    self.clock = clock
    var metadata = TraceMetadata(description)
    metadata["origin"] = "framelab"
    metadata["form"] = "events"
    metadata["clock"] = ring.origin.clock == FRAMELAB_CLOCK_TSC.rawValue ? "tsc" : "monotonic"
    metadata["ns_per_unit"] = "\(clock.nsPerUnit())"
    metadata["start_stamp"] = "\(ring.origin.startStamp)"
    metadata["start_monotonic_ns"] = "\(ring.origin.startNs)"
    metadata["is_fork"] = ring.origin.isFork ? "1" : "0"
    var writer = try TraceWriter(path: path, kind: .heap, level: 1)
    try writer.append(
      type: HeapBlockType.metadata.rawValue, count: 0, sections: [metadata.bytes])
    self.writer = writer
    lastFlushNs = ring.origin.startNs
  }

  var byteCount: UInt64 { writer.byteCount }

  /// Takes over what threads have sealed; returns how many chunks that were.
  mutating func takeSealed() throws(TraceError) -> Int {
    var taken = 0
    for index in 0..<ring.chunkCount
    where ring.state(index) == FRAMELAB_RING_SEALED.rawValue {
      guard let place = ring.place(of: index) else {
        isDamaged = true
        ring.free(index, keepMemory: false)
        continue
      }
      // A chunk is sealed before the next one of its thread is, but may be seen after it.
      if place.sequence != streams[place.stream]?.sequence ?? 0 { continue }
      try take(index)
      ring.free(index, keepMemory: index < Self.chunksToKeep)
      taken += 1
    }
    return taken
  }

  /// Takes over everything that was published, sealed or not; the process runs no more, or its
  /// recording ends now.
  mutating func takeRest() throws(TraceError) {
    ring.stop()
    while try takeSealed() > 0 {}
    var rest: [(place: RingFile.Chunk, index: Int)] = []
    for index in 0..<ring.chunkCount {
      let state = ring.state(index)
      guard state == FRAMELAB_RING_OWNED.rawValue || state == FRAMELAB_RING_SEALED.rawValue,
        let place = ring.place(of: index), place.byteCount > 0
      else { continue }
      rest.append((place, index))
    }
    rest.sort { ($0.place.stream, $0.place.sequence) < ($1.place.stream, $1.place.sequence) }
    for (_, index) in rest { try take(index) }
  }

  private mutating func take(_ index: Int) throws(TraceError) {
    guard let chunk = ring.read(index), chunk.stream < 1 << 20 else {
      isDamaged = true
      return
    }
    var stream = streams[chunk.stream] ?? Stream(columns: HeapEventColumns(), sequence: 0)
    if !stream.columns.hasRoom { try write(stream.columns, chunk.stream) }
    let result = stream.columns.append(
      records: ring.records, byteCount: chunk.byteCount, firstStamp: chunk.firstStamp)
    eventCount += UInt64(result.events)
    isDamaged = isDamaged || !result.sound
    stream.sequence = chunk.sequence &+ 1
    streams[chunk.stream] = stream
    threadCount = max(threadCount, streams.count)
  }

  private mutating func write(
    _ columns: HeapEventColumns, _ stream: UInt32
  ) throws(TraceError) {
    // Threads beyond the 65,535th share its number; the program has other worries.
    try columns.write(to: &writer, thread: UInt16(clamping: stream))
  }

  /// Memory of the recorder that the process has mapped, bytes.
  var recorderBytes: UInt64 {
    UInt64(min(ring.chunkCount, Self.chunksToKeep) * Int(FRAMELAB_RING_CHUNK))
  }

  mutating func add(_ sample: ResidentSample) { samples.append(sample) }

  /// Brings what was taken over into the file from time to time, so that it can be read while it
  /// grows.
  mutating func flushWhenDue(now: UInt64) throws(TraceError) {
    if now >= lastFlushNs + Self.flushInterval {
      try flush()
      lastFlushNs = now
    }
  }

  private mutating func flush() throws(TraceError) {
    for (number, stream) in streams.sorted(by: { $0.key < $1.key }) {
      try write(stream.columns, number)
    }
    try HeapTrace.write(samples, to: &writer)
    samples = []
    let now = clock.now()
    var sections = [[UInt8]](repeating: [], count: 2)
    for byte in 0..<8 {
      sections[0].append(UInt8(truncatingIfNeeded: now.stamp >> UInt64(8 * byte)))
      sections[1].append(UInt8(truncatingIfNeeded: now.ns >> UInt64(8 * byte)))
    }
    try writer.append(
      type: HeapBlockType.clock.rawValue, count: 1, firstStamp: now.stamp, sections: sections)
  }

  /// Seals the file and gives it its name. The ring goes.
  consuming func seal(
    endNs: UInt64, caveats: [String]
  ) throws(TraceError) -> HeapRecordingFile {
    try takeRest()
    try flush()
    var sentences = caveats
    if isDamaged {
      sentences.append("The program wrote over its recorder's memory; some events are missing.")
    }
    if let ns = ring.givenUpNs {
      let ms = (ns - min(ns, ring.origin.startNs)) / 1_000_000
      sentences.append(
        "Recording stopped after \(ms) ms: framelab did not come by for too long (it was stopped, or"
          + " the host was overloaded), and the program could not see whether it still ran.")
    }
    for sentence in sentences {
      try writer.append(
        type: HeapBlockType.caveat.rawValue, count: 1, sections: [Array(sentence.utf8)])
    }
    let end = TraceMetadata([
      "events": "\(eventCount)", "threads": "\(threadCount)", "lost": "\(ring.lost)",
      "nested": "\(ring.nested)", "span_ns": "\(endNs - min(endNs, ring.origin.startNs))",
    ])
    try writer.append(type: HeapBlockType.end.rawValue, count: 0, sections: [end.bytes])
    let file = HeapRecordingFile(
      path: path, process: ring.origin.process, isFork: ring.origin.isFork,
      program: ring.origin.program,
      events: eventCount, lostEvents: ring.lost, threads: threadCount, bytes: writer.byteCount,
      spanNs: endNs - min(endNs, ring.origin.startNs))
    try writer.commit()
    return file
  }
}
