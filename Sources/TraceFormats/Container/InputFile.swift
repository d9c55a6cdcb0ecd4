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
    var bytes: [UInt8] = []
    try read(count, at: offset, into: &bytes)
    return bytes
  }

  /// Replaces the content of `bytes` by up to `count` bytes at `offset`; fewer at the end of the file
  /// alone. Its memory is used again.
  func read(_ count: Int, at offset: UInt64, into bytes: inout [UInt8]) throws(TraceError) {
    bytes.resize(to: count)
    var done = 0
    var failed = false
    // The kernel writes `count - done` bytes at most behind what is already read.
    unsafe bytes.withUnsafeMutableBytes { target in
      while done < count {
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
    bytes.resize(to: done)
  }

  static func error(_ path: String, _ what: String) -> TraceError {
    let code = errno
    return TraceError(path: path, message: "\(what): \(unsafe String(cString: strerror(code)))")
  }
}

extension [UInt8] {
  /// Makes the array `count` long and writes as little as that takes; new elements are 0.
  mutating func resize(to count: Int) {
    if self.count > count {
      removeLast(self.count - count)
    } else if self.count < count {
      // Nothing of the old content is wanted: no copy of it when memory has to grow.
      if capacity < count { self = [] }
      append(contentsOf: repeatElement(0, count: count - self.count))
    }
  }
}
