internal import Glibc

/// A file that grows under a temporary name and gets its own name when it is complete. Every output
/// of one file goes through here.
package struct OutputFile: ~Copyable {
  /// As the user gave it.
  package let path: String
  private let target: String
  private let descriptor: CInt
  private(set) var byteCount: UInt64 = 0

  /// What a growing file is called; it can be read already.
  private static func temporaryName(of path: String) -> String { path + ".partial" }

  package init(path: String) throws(TraceError) {
    let target = try OutputPath(path).path
    let temporary = Self.temporaryName(of: target)
    // What a killed run left is overwritten; anything else there would be opened, links followed.
    if try OutputPath(temporary).path != temporary {
      throw TraceError(path: temporary, message: "is a symbolic link; expected a name that is free")
    }
    let opened = unsafe Glibc.open(
      temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw InputFile.error(path, "cannot be created") }
    self.path = path
    self.target = target
    descriptor = opened
  }

  deinit { _ = close(descriptor) }

  package mutating func append(_ bytes: [UInt8]) throws(TraceError) {
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
  package consuming func commit() throws(TraceError) {
    let temporary = Self.temporaryName(of: target)
    guard unsafe rename(temporary, target) == 0 else {
      let error = InputFile.error(path, "cannot be renamed")
      _ = unsafe unlink(temporary)
      throw error
    }
  }

  /// Removes what was written.
  package consuming func discard() { _ = unsafe unlink(Self.temporaryName(of: target)) }
}
