internal import CZstd

/// Packs the sections of a block, each into a zstd frame of its own, one after the other.
///
/// Sections are columns of different statistics: with one set of Huffman tables for all of them a
/// block would be a fifth larger. zstd unpacks frames that follow each other in one call.
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

  /// The frames of the parts, or nil when zstd reports an error, which it does for no input.
  ///
  /// - Safety: every part stays readable during the call.
  @unsafe
  mutating func pack(_ parts: [UnsafeRawBufferPointer]) -> [UInt8]? {
    let bound = unsafe parts.reduce(0) { $0 + Int(ZSTD_compressBound($1.count)) }
    if output.count < bound { output = [UInt8](repeating: 0, count: bound) }
    var written = 0
    for index in unsafe parts.indices {
      let part = unsafe parts[index]
      // The output's pointer stays inside the closure; zstd keeps to the sizes that it is given.
      let size = unsafe output.withUnsafeMutableBytes { target in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[written...])
        return unsafe ZSTD_compress2(
          context, rest.baseAddress, rest.count, part.baseAddress, part.count)
      }
      if ZSTD_isError(size) != 0 { return nil }
      written += size
    }
    return Array(output[..<written])
  }
}
