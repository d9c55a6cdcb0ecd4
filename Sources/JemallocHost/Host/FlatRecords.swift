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
    var status = stat()
    let stride = MemoryLayout<HeapRecord>.stride
    guard unsafe fstat(file, &status) == 0, Int(status.st_size) % stride == 0 else {
      throw HostError("\(path): is no flat file of \(stride)-byte records")
    }
    let bytes = Int(status.st_size)
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
}
