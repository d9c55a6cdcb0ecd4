internal import CZstd

/// Decodes one or more zstd frames from a sequence of chunks.
@safe
final class ZstdDecoder {
  private let path: String
  // Owned: made in init, released in deinit, never handed out.
  private let stream: OpaquePointer
  /// 0 when the last frame is complete.
  private var expected = 0

  init(path: String) throws(TraceError) {
    self.path = path
    guard let stream = unsafe ZSTD_createDStream() else {
      throw TraceError(path: path, message: "no memory to decompress it")
    }
    unsafe self.stream = stream
  }

  deinit { _ = unsafe ZSTD_freeDStream(stream) }

  /// Whether the last frame is complete; a file may end only then.
  func isFinished() throws(TraceError) -> Bool {
    if expected == 0 { return true }
    throw TraceError(
      path: path, message: "ends in the middle of a zstd frame; the recording was cut off")
  }

  /// Decodes from `input[position...]` and returns the position of the first byte not taken.
  func decode(
    _ input: [UInt8], from position: Int, appendingTo output: inout [UInt8]
  ) throws(TraceError) -> Int {
    var taken = position
    // Both buffers are arrays whose bounds are passed with them.
    let decoded = unsafe [UInt8](unsafeUninitializedCapacity: 256 << 10) { bytes, initialized in
      unsafe input.withUnsafeBytes { source in
        var from = unsafe ZSTD_inBuffer(
          src: source.baseAddress, size: source.count, pos: position)
        var into = unsafe ZSTD_outBuffer(dst: bytes.baseAddress, size: bytes.count, pos: 0)
        expected = unsafe ZSTD_decompressStream(stream, &into, &from)
        unsafe taken = from.pos
        unsafe initialized = into.pos
      }
    }
    if ZSTD_isError(expected) != 0 {
      // The name is a static string of the library.
      let reason = unsafe String(cString: ZSTD_getErrorName(expected))
      throw TraceError(path: path, message: "damaged zstd data: \(reason)")
    }
    output += decoded
    return taken
  }
}
