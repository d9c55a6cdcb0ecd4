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

  /// The frame, or nil when zstd reports an error, which it does for no input.
  mutating func pack(_ sections: [[UInt8]]) -> [UInt8]? {
    let total = sections.reduce(0) { $0 + $1.count }
    // Every flush may close a block early: 3 bytes of block header and a little each.
    let bound = Int(ZSTD_compressBound(total)) + 64 * sections.count
    if output.count < bound { output = [UInt8](repeating: 0, count: bound) }
    _ = unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
    var written = 0
    var failed = false
    for (index, section) in sections.enumerated() {
      let mode = index == sections.count - 1 ? ZSTD_e_end : ZSTD_e_flush
      // Both pointers stay inside their closures; zstd keeps to the sizes in its two buffers.
      unsafe section.withUnsafeBytes { source in
        unsafe output.withUnsafeMutableBytes { target in
          var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
          var out = unsafe ZSTD_outBuffer(
            dst: target.baseAddress, size: target.count, pos: written)
          let rest = unsafe ZSTD_compressStream2(context, &out, &input, mode)
          let left = unsafe input.size - input.pos
          failed = failed || rest != 0 || left != 0
          written = unsafe out.pos
        }
      }
    }
    return failed ? nil : Array(output[..<written])
  }
}
