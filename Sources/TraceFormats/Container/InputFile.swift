internal import Glibc

/// A regular file opened for reading.
struct InputFile: ~Copyable {
  let path: String
  private let descriptor: CInt

  init(path: String) throws(TraceError) {
    self.path = path
    var opened = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    while opened < 0, errno == EINTR { opened = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC) }
    guard opened >= 0 else { throw Self.error(path, "cannot be opened") }
    descriptor = opened
  }

  deinit { _ = close(descriptor) }

  /// Up to `count` bytes at `offset`; fewer at the end of the file alone.
  func read(_ count: Int, at offset: UInt64) throws(TraceError) -> [UInt8] {
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, done in
      done = 0
      while done < count {
        // The kernel writes `count - done` bytes at most behind what is already read.
        let got = unsafe pread(
          descriptor, target.baseAddress.map { unsafe $0 + done }, count - done,
          off_t(clamping: offset) + off_t(done))
        if got < 0, errno == EINTR { continue }
        failed = got < 0
        if got <= 0 { break }
        done += got
      }
    }
    if failed { throw Self.error(path, "cannot be read") }
    return bytes
  }

  static func error(_ path: String, _ what: String) -> TraceError {
    let code = errno
    return TraceError(path: path, message: "\(what): \(unsafe String(cString: strerror(code)))")
  }
}
