import Foundation

/// Where this executable lies, and with it the files that belong to it.
enum Executable {
  /// The absolute path with symbolic links resolved; nil where /proc is not mounted.
  static let path: String? = try? FileManager.default.destinationOfSymbolicLink(
    atPath: "/proc/self/exe")

  static let folder = URL(filePath: path ?? "/").deletingLastPathComponent()

  /// The companion file `name` (libframelab-heap.so, heap-driver, JemallocHost, ...): beside the
  /// executable, then in ../lib/framelab, then in ../share/framelab; nil when it is in none.
  static func companion(_ name: String) -> String? {
    for place in ["", "../lib/framelab/", "../share/framelab/"] {
      let file = folder.appending(path: place + name).standardizedFileURL.path
      if FileManager.default.fileExists(atPath: file) { return file }
    }
    return nil
  }

  /// The companion or an error that says how to get it.
  static func requiredCompanion(_ name: String) throws(CLIError) -> String {
    guard let path = companion(name) else {
      throw .hostLacks(
        "\(name) is neither beside \(path ?? "the executable") nor in ../lib/framelab; "
          + "run scripts/build")
    }
    return path
  }
}
