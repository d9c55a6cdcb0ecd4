internal import CZstd

/// Unpacks zstd frames of known size.
///
/// The context is made, used and freed here alone, which is what makes the type safe to use.
@safe
struct ZstdUnpacker: ~Copyable {
  private let context: OpaquePointer

  /// - Throws: naming `path` when there is no memory for a context.
  init(path: String) throws(TraceError) {
    guard let context = unsafe ZSTD_createDCtx() else {
      throw TraceError(path: path, message: "no memory for a decompressor")
    }
    unsafe self.context = context
  }

  deinit { _ = unsafe ZSTD_freeDCtx(context) }

  /// Exactly `count` bytes, or nil when the frame is damaged or holds another number of bytes.
  func unpack(_ frame: [UInt8], count: Int) -> [UInt8]? {
    var unpacked = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      // zstd writes `count` bytes at most and says how many it wrote.
      unpacked = unsafe frame.withUnsafeBytes { source in
        unsafe Int(
          bitPattern: UInt(
            ZSTD_decompressDCtx(
              context, target.baseAddress, count, source.baseAddress, source.count)))
      }
      initialized = unpacked == count ? count : 0
    }
    return unpacked == count ? bytes : nil
  }
}
