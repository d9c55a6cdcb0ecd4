/// Writes a timeline as Chrome trace events in JSON, which ui.perfetto.dev and chrome://tracing open:
/// an object whose `traceEvents` are one event per line. Events may come in any order; nothing is kept
/// of them, and the file has its name only when it is complete.
///
/// Times are nanoseconds of one clock, of the simulation for instance. Format: "Trace Event Format",
/// Google 2016: phases X (slice), i (instant), C (counter), M (names).
public struct TimelineWriter: ~Copyable {
  private var file: OutputFile
  private var buffer: [UInt8] = []
  public private(set) var eventCount = 0

  private static let bufferBytes = 256 << 10

  /// - Throws: when the file cannot be created.
  public init(path: String) throws(TraceError) {
    file = try OutputFile(path: path)
    buffer.reserveCapacity(Self.bufferBytes + 4096)
    buffer += Array("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[".utf8)
  }

  public mutating func name(process: Int, _ name: String) throws(TraceError) {
    try metadata("process_name", TimelineTrack(process: process, thread: 0), name)
  }

  /// Tracks of a process are shown in the order of their numbers.
  public mutating func name(_ track: TimelineTrack, _ name: String) throws(TraceError) {
    try metadata("thread_name", track, name)
    begin("M", "thread_sort_index", track)
    append(",\"args\":{\"sort_index\":")
    JSONText.append(number: track.thread, to: &buffer)
    try end("}")
  }

  public mutating func append(_ slice: TimelineSlice) throws(TraceError) {
    begin("X", slice.name, slice.track, category: slice.category, at: slice.startNs)
    append(",\"dur\":")
    JSONText.appendMicroseconds(slice.durationNs, to: &buffer)
    append(slice.arguments)
    try end()
  }

  public mutating func append(_ instant: TimelineInstant) throws(TraceError) {
    begin("i", instant.name, instant.track, category: instant.category, at: instant.timeNs)
    append(",\"s\":\"\(instant.scope.rawValue)\"")
    append(instant.arguments)
    try end()
  }

  public mutating func append(_ counter: TimelineCounter) throws(TraceError) {
    let track = TimelineTrack(process: counter.process, thread: 0)
    begin("C", counter.name, track, at: counter.timeNs)
    append(counter.series)
    try end()
  }

  /// Gives the complete file its name.
  public consuming func finish() throws(TraceError) {
    do {
      append("\n]}\n")
      try file.append(buffer)
    } catch {
      file.discard()
      throw error
    }
    try file.commit()
  }

  /// Removes what was written.
  public consuming func discard() { file.discard() }
}

extension TimelineWriter {
  private mutating func metadata(
    _ what: String, _ track: TimelineTrack, _ name: String
  ) throws(TraceError) {
    begin("M", what, track)
    append([TimelineArgument("name", .text(name))])
    try end()
  }

  private mutating func begin(
    _ phase: String, _ name: String, _ track: TimelineTrack, category: String? = nil,
    at timeNs: UInt64? = nil
  ) {
    append(eventCount == 0 ? "\n{\"ph\":\"" : ",\n{\"ph\":\"")
    append(phase)
    append("\",\"name\":")
    JSONText.append(name, to: &buffer)
    append(",\"pid\":")
    JSONText.append(number: track.process, to: &buffer)
    append(",\"tid\":")
    JSONText.append(number: track.thread, to: &buffer)
    if let category {
      append(",\"cat\":")
      JSONText.append(category, to: &buffer)
    }
    if let timeNs {
      append(",\"ts\":")
      JSONText.appendMicroseconds(timeNs, to: &buffer)
    }
    eventCount += 1
  }

  private mutating func append(_ arguments: [TimelineArgument]) {
    if arguments.isEmpty { return }
    append(",\"args\":{")
    for (index, argument) in arguments.enumerated() {
      if index > 0 { append(",") }
      JSONText.append(argument.name, to: &buffer)
      append(":")
      JSONText.append(argument.value, to: &buffer)
    }
    append("}")
  }

  private mutating func append(_ text: String) { buffer += text.utf8 }

  private mutating func end(_ text: String = "") throws(TraceError) {
    append(text)
    append("}")
    if buffer.count >= Self.bufferBytes {
      try file.append(buffer)
      buffer.removeAll(keepingCapacity: true)
    }
  }
}
