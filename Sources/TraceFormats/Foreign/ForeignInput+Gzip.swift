internal import CZlib

/// Decodes one or more gzip members from a sequence of chunks.
@safe
final class GzipDecoder {
  private let path: String
  // Owned: initialised in init, ended in deinit; zlib keeps a pointer back to it, so it must not
  // move, which the allocation of its own guarantees.
  private let stream: UnsafeMutablePointer<z_stream>
  /// Between two members, or behind the last one.
  private var betweenMembers = false

  init(path: String) throws(TraceError) {
    self.path = path
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 bits of window, 16 for the gzip wrapper.
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
      unsafe stream.deallocate()
      throw TraceError(path: path, message: "no memory to decompress it")
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Whether the last member is complete; a file may end only then.
  func isFinished() throws(TraceError) -> Bool {
    if betweenMembers { return true }
    throw TraceError(
      path: path, message: "ends in the middle of a gzip member; the recording was cut off")
  }

  /// Decodes from `input[position...]` and returns the position of the first byte not taken.
  func decode(
    _ input: [UInt8], from position: Int, appendingTo output: inout [UInt8]
  ) throws(TraceError) -> Int {
    if betweenMembers {
      unsafe inflateReset(stream)
      betweenMembers = false
    }
    var source = input
    var status = Z_OK
    var taken = position
    // Both buffers are arrays whose bounds are passed with them; zlib does not write its input.
    let decoded = unsafe [UInt8](unsafeUninitializedCapacity: 256 << 10) { bytes, initialized in
      unsafe source.withUnsafeMutableBufferPointer { source in
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: source[position...])
        unsafe stream.pointee.next_in = rest.baseAddress
        unsafe stream.pointee.avail_in = UInt32(rest.count)
        unsafe stream.pointee.next_out = bytes.baseAddress
        unsafe stream.pointee.avail_out = UInt32(bytes.count)
        status = unsafe inflate(stream, Z_NO_FLUSH)
        unsafe taken = position + rest.count - Int(stream.pointee.avail_in)
        unsafe initialized = bytes.count - Int(stream.pointee.avail_out)
      }
    }
    if status == Z_STREAM_END {
      betweenMembers = true
    } else if status != Z_OK, status != Z_BUF_ERROR {
      throw TraceError(path: path, message: "damaged gzip data: zlib error \(status)")
    }
    output += decoded
    return taken
  }
}
