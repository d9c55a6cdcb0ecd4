internal import Glibc

/// A file that grows under a temporary name and gets its own name when it is complete.
struct OutputFile: ~Copyable {
  let path: String
  private let descriptor: CInt
  private(set) var byteCount: UInt64 = 0

  /// What a growing file is called; it can be read already.
  static func temporaryName(of path: String) -> String { path + ".partial" }

  init(path: String) throws(TraceError) {
    self.path = path
    let opened = unsafe Glibc.open(
      Self.temporaryName(of: path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw InputFile.error(path, "cannot be created") }
    descriptor = opened
  }

  deinit { _ = close(descriptor) }

  mutating func append(_ bytes: [UInt8]) throws(TraceError) {
    var done = 0
    while done < bytes.count {
      // The slice bounds what the kernel reads.
      let wrote = unsafe bytes[done...].withUnsafeBytes { source in
        unsafe write(descriptor, source.baseAddress, source.count)
      }
      if wrote < 0, errno == EINTR { continue }
      if wrote <= 0 { throw InputFile.error(path, "cannot be written") }
      done += wrote
    }
    byteCount += UInt64(bytes.count)
  }

  /// Gives the complete file its name, replacing an older one.
  consuming func commit() throws(TraceError) {
    guard unsafe rename(Self.temporaryName(of: path), path) == 0 else {
      throw InputFile.error(path, "cannot be renamed")
    }
  }

  /// Removes what was written.
  consuming func discard() { _ = unsafe unlink(Self.temporaryName(of: path)) }
}
