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
  private let level: Int32
  private let keepsUnpackable: Bool
  private var output = [UInt8]()

  /// A level at which zstd stores what it finds no matches in, instead of looking for rare bytes.
  private static let storingLevel: Int32 = -7

  /// - Parameter keepsUnpackable: store parts that would shrink by less than an eighth as they are: they
  ///   unpack many times faster so.
  /// - Throws: naming `path` when there is no memory for a context.
  init(level: Int32, keepsUnpackable: Bool = false, path: String) throws(TraceError) {
    guard let context = unsafe ZSTD_createCCtx() else {
      throw TraceError(path: path, message: "no memory for a compressor")
    }
    unsafe self.context = context
    self.level = level
    self.keepsUnpackable = keepsUnpackable
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
      var size = unsafe pack(part, at: written, level: level)
      if keepsUnpackable, size > part.count - part.count / 8 {
        size = unsafe pack(part, at: written, level: Self.storingLevel)
      }
      if ZSTD_isError(size) != 0 { return nil }
      written += size
    }
    return Array(output[..<written])
  }

  /// The bytes that zstd wrote from `index` of the output on, or its error.
  private mutating func pack(_ part: UnsafeRawBufferPointer, at index: Int, level: Int32) -> Int {
    _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    // The output's pointer stays inside the closure; zstd keeps to the sizes that it is given.
    return unsafe output.withUnsafeMutableBytes { target in
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[index...])
      return unsafe ZSTD_compress2(
        context, rest.baseAddress, rest.count, part.baseAddress, part.count)
    }
  }
}
