internal import Glibc

/// A recording as HeapDriver maps it: the header, the sampling times, and the records as they lie in
/// memory. The file has no name, so nothing is left behind whatever happens to the process; children
/// get it as an open file.
package final class FlatHeapFile: Sendable {
  /// Open for reading and writing; closed with the object. Its offset is at the end.
  package let descriptor: CInt
  package let byteCount: Int
  package let recordCount: Int
  package let sampleCount: Int

  /// Writes the records of `trace` up to `lastNs`, all of them where it is nil, and the sampling
  /// times (ns, ascending).
  ///
  /// - Throws: `TraceError` that names the folder when it cannot hold the file.
  package init(
    _ trace: HeapTrace, until lastNs: UInt64? = nil, sampleTimesNs: [UInt64], touch: TouchModel,
    folder: String
  ) throws(TraceError) {
    let records = trace.records[..<Self.end(of: trace.records, last: lastNs)]
    let header = FlatHeapHeader(
      recordCount: records.count, sampleCount: sampleTimesNs.count, slotCount: trace.slotCount,
      threadCount: max(trace.threadCount, 1), touch: touch)
    byteCount = Int(header.recordOffset) + records.count * MemoryLayout<HeapRecord>.stride
    recordCount = records.count
    sampleCount = sampleTimesNs.count
    descriptor = try Self.create(in: folder, bytes: byteCount)
    do throws(TraceError) {
      // The bytes are those of the values alone, none of which has padding.
      try unsafe withUnsafeBytes(of: header) { bytes throws(TraceError) in
        try unsafe Self.write(bytes, to: descriptor, folder)
      }
      try unsafe sampleTimesNs.span.withUnsafeBytes { bytes throws(TraceError) in
        try unsafe Self.write(bytes, to: descriptor, folder)
      }
      try unsafe records.span.withUnsafeBytes { bytes throws(TraceError) in
        try unsafe Self.write(bytes, to: descriptor, folder)
      }
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// How many of the records are not later than `last`.
  private static func end(of records: [HeapRecord], last: UInt64?) -> Int {
    guard let last else { return records.count }
    return records.partitionPoint { $0.timeNs <= last }
  }

  private static func create(in folder: String, bytes: Int) throws(TraceError) -> CInt {
    // The constant O_TMPFILE of <fcntl.h>, which is no literal and so not imported.
    let unnamed: CInt = 0o20_200_000
    let descriptor = unsafe open(folder, O_RDWR | O_CLOEXEC | unnamed, 0o600)
    guard descriptor >= 0 else { throw failure(folder, "cannot hold a temporary file") }
    // Reserves the room, so that a full disk shows here and not as a torn file. Where the file
    // system cannot reserve, writing tells.
    let status = posix_fallocate(descriptor, 0, off_t(bytes))
    if status == ENOSPC || status == EFBIG || status == EDQUOT {
      close(descriptor)
      throw TraceError(
        path: folder,
        message: "has no room for the \(bytes >> 20) MiB of the flat replay file; "
          + "TMPDIR names another folder")
    }
    return descriptor
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: CInt, _ folder: String
  ) throws(TraceError) {
    var done = 0
    while done < bytes.count {
      // The part of the buffer that is not written yet.
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
      let written = unsafe Glibc.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure(folder, "cannot hold the flat replay file") }
      done += written
    }
  }

  private static func failure(_ folder: String, _ what: String) -> TraceError {
    // strerror returns a valid string for every number.
    let reason = unsafe String(cString: strerror(errno))
    return TraceError(path: folder, message: "\(what): \(reason)")
  }
}
