import Foundation
import TraceFormats

/// A recording as the recorder's parent writes it, made of threads that a test wrote.
enum RecordedFile {
  /// Stamps are nanoseconds.
  static func write(
    _ threads: [RingWriter], to path: String, metadata extra: [String: String] = [:],
    end: [String: String] = [:]
  ) throws {
    var metadata = TraceMetadata([
      "origin": "framelab", "form": "events", "ns_per_unit": "1.0", "start_stamp": "1000",
      "start_monotonic_ns": "5000",
    ])
    for (key, value) in extra { metadata[key] = value }
    var writer = try TraceWriter(path: path, kind: .heap, level: 1)
    try writer.append(type: HeapBlockType.metadata.rawValue, count: 0, sections: [metadata.bytes])
    for (number, thread) in threads.enumerated() {
      let columns = HeapEventColumns()
      _ = columns.append(
        records: thread.padded, byteCount: thread.bytes.count, firstStamp: thread.firstStamp)
      try columns.write(to: &writer, thread: UInt16(number))
    }
    try writer.append(
      type: HeapBlockType.end.rawValue, count: 0, sections: [TraceMetadata(end).bytes])
    try writer.commit()
  }

  /// Writes, loads and removes.
  static func load(
    _ threads: [RingWriter], metadata: [String: String] = [:], end: [String: String] = [:]
  ) throws -> HeapTrace {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "framelab-test-\(UUID().uuidString).fltrace"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try write(threads, to: path, metadata: metadata, end: end)
    return try HeapTrace.load(path: path)
  }
}
