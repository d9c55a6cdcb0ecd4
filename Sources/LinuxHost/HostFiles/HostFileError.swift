import Glibc

/// Why a file of the host could not be read, in one line.
package struct HostFileError: Error, Hashable, Sendable, CustomStringConvertible {
  package var path: String
  /// The error number of the system call that failed.
  package var code: Int32

  package init(path: String, code: Int32) {
    self.path = path
    self.code = code
  }

  /// The caller lacks a permission that root, or a capability, would give.
  package var isDenied: Bool { code == EACCES || code == EPERM }
  /// The kernel was built or started without this file.
  package var isAbsent: Bool { code == ENOENT || code == ENODEV || code == ENOTDIR }

  package var description: String {
    // SAFETY: strerror returns a C string that is valid until the next call on this thread.
    unsafe "\(path): \(String(cString: strerror(code)))"
  }
}
