import Foundation

/// A file system in memory with room for very little.
final class SmallFileSystem {
  let path: String

  /// Whether this host permits it: root, and in a container the right to mount.
  static let isPossible: Bool = {
    do {
      _ = try SmallFileSystem(megabytes: 1)
      return true
    } catch {
      return false
    }
  }()

  struct Refused: Error {}

  init(megabytes: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "framelab-room-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
    guard
      Command.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path).status == 0
    else {
      try? FileManager.default.removeItem(atPath: path)
      throw Refused()
    }
  }

  deinit {
    _ = Command.run("umount", path)
    try? FileManager.default.removeItem(atPath: path)
  }
}
