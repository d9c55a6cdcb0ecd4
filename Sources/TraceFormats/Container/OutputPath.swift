internal import Glibc

/// Where an output goes. What is named may be absent or a regular file; symbolic links are followed,
/// so that the file they lead to is written and the links stay. Anything else (a device, a FIFO, a
/// folder) is refused: a finished output replaces what has its name.
package struct OutputPath {
  /// As the user gave it, for messages.
  package let given: String
  /// The file itself, which is no symbolic link.
  package let path: String
  package let exists: Bool

  /// Linux follows no longer chains either.
  private static let mostLinks = 40

  package init(_ given: String) throws(TraceError) {
    var status = stat()
    // SAFETY: C strings and a structure of our own for the duration of the calls.
    exists = unsafe stat(given, &status) == 0
    if exists {
      if let found = Self.refused(status.st_mode) {
        throw TraceError(
          path: given, message: "is \(found); expected a regular file, or a name that is free")
      }
    } else if errno != ENOENT {
      throw InputFile.error(given, "cannot be written")
    }
    self.given = given
    var path = given
    for _ in 0..<Self.mostLinks {
      guard let target = Self.link(path) else { break }
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = target.hasPrefix("/") ? target : folder + target
    }
    self.path = path
  }

  /// What a file of that mode is in words; nil for a regular file.
  private static func refused(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a FIFO"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  /// Where a symbolic link leads; nil when `path` is none.
  private static func link(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    // SAFETY: readlink writes at most the length it is given.
    let count = unsafe readlink(path, &target, target.count)
    guard count > 0 else { return nil }
    return String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
