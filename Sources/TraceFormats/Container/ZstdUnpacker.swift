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

  /// Replaces the content of `bytes`, whose memory is used again, by exactly `count` bytes; false when
  /// the frame is damaged or holds another number of bytes.
  func unpack(_ frame: [UInt8], count: Int, into bytes: inout [UInt8]) -> Bool {
    bytes.resize(to: count)
    let unpacked = unsafe bytes.withUnsafeMutableBytes { target in
      // zstd writes `count` bytes at most and says how many it wrote.
      unsafe frame.withUnsafeBytes { source in
        unsafe Int(
          bitPattern: UInt(
            ZSTD_decompressDCtx(
              context, target.baseAddress, count, source.baseAddress, source.count)))
      }
    }
    return unpacked == count
  }
}
