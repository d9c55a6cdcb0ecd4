internal import CZstd

/// Packs the sections of a block into one zstd frame.
///
/// Sections are columns of different statistics, so each begins a block of the frame of its own:
/// with one set of Huffman tables for all of them the frame would be a fifth larger.
///
/// The context is made, used and freed here alone, which is what makes the type safe to use.
@safe
struct ZstdPacker: ~Copyable {
  private let context: OpaquePointer
  private var output = [UInt8]()

  /// - Throws: naming `path` when there is no memory for a context.
  init(level: Int32, path: String) throws(TraceError) {
    guard let context = unsafe ZSTD_createCCtx() else {
      throw TraceError(path: path, message: "no memory for a compressor")
    }
    unsafe self.context = context
    _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
  }

  deinit { _ = unsafe ZSTD_freeCCtx(context) }

  /// The frame of the concatenated parts, or nil when zstd reports an error, which it does for no
  /// input.
  ///
  /// - Safety: every part stays readable during the call.
  @unsafe
  mutating func pack(_ parts: [UnsafeRawBufferPointer]) -> [UInt8]? {
    let total = unsafe parts.reduce(0) { $0 + $1.count }
    // Every flush may close a block early: 3 bytes of block header and a little each.
    let bound = Int(ZSTD_compressBound(total)) + 64 * (unsafe parts.count)
    if output.count < bound { output = [UInt8](repeating: 0, count: bound) }
    _ = unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
    var written = 0
    var failed = false
    for index in unsafe parts.indices {
      let part = unsafe parts[index]
      let mode = unsafe index == parts.count - 1 ? ZSTD_e_end : ZSTD_e_flush
      // The output's pointer stays inside the closure; zstd keeps to the sizes in its two buffers.
      unsafe output.withUnsafeMutableBytes { target in
        var input = unsafe ZSTD_inBuffer(src: part.baseAddress, size: part.count, pos: 0)
        var out = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: written)
        let rest = unsafe ZSTD_compressStream2(context, &out, &input, mode)
        let left = unsafe input.size - input.pos
        failed = failed || rest != 0 || left != 0
        written = unsafe out.pos
      }
    }
    return failed ? nil : Array(output[..<written])
  }
}
