import Glibc

/// A file of /proc or debugfs that is held open and read anew from its start each time: one system
/// call per reading, so that little happens between two of them.
final class ProcText {
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  /// Nil when the file is missing or must not be read.
  init?(_ path: String) {
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// The whole text; longer files than 64 KiB are not read by any test.
  func read() -> String {
    var count = 0
    while count < buffer.count {
      let got = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe pread(
          descriptor, bytes.baseAddress?.advanced(by: count), bytes.count - count, off_t(count))
      }
      if got <= 0 { break }
      count += got
    }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
