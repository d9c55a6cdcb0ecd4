internal import Glibc
internal import Results
internal import TraceFormats

/// Reads the flat file of records that the launcher wrote.
enum FlatRecords {
  static func read(_ request: JemallocHostRequest) throws(HostError) -> HeapTrace {
    let path = request.recordsPath
    let file = unsafe open(path, O_RDONLY)
    guard file >= 0 else { throw HostError("\(path): cannot be opened") }
    defer { close(file) }
    let header = try header(of: file, path)
    let stride = MemoryLayout<HeapRecord>.stride
    let bytes = Int(header.recordCount) * stride
    guard lseek(file, off_t(header.recordOffset), SEEK_SET) == off_t(header.recordOffset) else {
      throw HostError("\(path): cannot be read from its first record")
    }
    var isWhole = true
    // Records are plain integers, so any bytes are values of them; codes are checked below.
    let records = unsafe [HeapRecord](unsafeUninitializedCapacity: bytes / stride) {
      buffer, count in
      var filled = 0
      while filled < bytes {
        let got = unsafe Glibc.read(
          file, UnsafeMutableRawBufferPointer(buffer).baseAddress?.advanced(by: filled),
          bytes - filled)
        guard got > 0 else { break }
        filled += got
      }
      isWhole = filled == bytes
      count = filled / stride
    }
    guard isWhole else { throw HostError("\(path): cannot be read to its end") }
    var timeNs: UInt64 = 0
    for (index, record) in records.enumerated() {
      guard record.operation != nil, Int(record.slot) < request.slotCount,
        Int(record.thread) < request.threadCount, record.timeNs >= timeNs,
        record.alignmentShift < 36
      else { throw HostError("\(path): record \(index) is out of bounds") }
      timeNs = record.timeNs
    }
    return HeapTrace(
      records: records, slotCount: request.slotCount, threadCount: request.threadCount,
      spanNs: request.spanNs, origin: "flat")
  }

  private static func header(of file: CInt, _ path: String) throws(HostError) -> FlatHeapHeader {
    var header = FlatHeapHeader.empty
    var status = stat()
    // Plain integers without holes, so any bytes are a value; what they say is checked below.
    let got = unsafe withUnsafeMutableBytes(of: &header) { bytes in
      unsafe Glibc.read(file, bytes.baseAddress, bytes.count)
    }
    guard got == MemoryLayout<FlatHeapHeader>.size, header.isOurs,
      unsafe fstat(file, &status) == 0,
      header.byteCount == UInt64(status.st_size)
    else { throw HostError("\(path): is no flat file of heap records") }
    return header
  }
}
