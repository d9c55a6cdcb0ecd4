internal import Glibc

/// The folder in shared memory in which recorded processes make their ring files. A lock on the file
/// `alive` tells them that the parent lives; the kernel lets go of it however the parent ends.
@safe
final class RingFolder {
  let path: String
  private let lock: Int32
  private static let prefix = "framelab-"

  /// - Throws: when no folder can be made, which says what is missing.
  init(in parent: String = "/dev/shm") throws(HostError) {
    Self.sweep(parent)
    // Under a name that no sweep touches until the lock is held.
    var template = Array("\(parent)/.\(Self.prefix)XXXXXX".utf8CString)
    // SAFETY: mkdtemp writes six characters of the array, which it ends with the 0 that is there.
    guard unsafe mkdtemp(&template) != nil else {
      throw Self.error("no folder for the recorder in \(parent)")
    }
    let hidden = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = "\(parent)/" + hidden.dropFirst(parent.utf8.count + 2)
    // SAFETY: C strings for the duration of the calls.
    lock = unsafe open(hidden + "/alive", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, unsafe rename(hidden, path) == 0 else {
      throw Self.error("no lock for the recorder in \(hidden)")
    }
  }

  private static func error(_ what: String) -> HostError {
    let code = errno
    return HostError(.lacksFacility, "\(what): \(unsafe String(cString: strerror(code)))")
  }

  deinit {
    Self.remove(path)
    _ = close(lock)
  }

  /// Removes folders whose parent was killed before it could.
  private static func sweep(_ parent: String) {
    let system = LinuxSystem()
    for name in system.names(in: parent) where name.hasPrefix(prefix) {
      let folder = "\(parent)/\(name)"
      // SAFETY: C strings for the duration of the calls.
      let file = unsafe open(folder + "/alive", O_RDWR | O_CLOEXEC)
      guard file >= 0 else { continue }
      if flock(file, LOCK_EX | LOCK_NB) == 0 { remove(folder) }
      _ = close(file)
    }
  }

  private static func remove(_ folder: String) {
    for name in LinuxSystem().names(in: folder) {
      _ = unsafe unlink("\(folder)/\(name)")
    }
    _ = unsafe rmdir(folder)
  }
}
