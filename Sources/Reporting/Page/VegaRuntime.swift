public import Foundation

/// Where the charts' JavaScript is: one file that `scripts/setup run` makes.
public enum VegaRuntime {
  public static let fileName = "vega-bundle.js"

  /// The text of the first of: `$FRAMELAB_VEGA`, `../share/framelab/vega-bundle.js` seen from the
  /// executable's folder, and `.venv/share/framelab/vega-bundle.js` in a folder above it (the
  /// checkout, for a tool in `.build`). Nil when there is none: reports then have no charts and say
  /// so.
  public static func find(
    executableFolder: String,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    if let path = environment["FRAMELAB_VEGA"], !path.isEmpty { return read(path) }
    var folder = URL(fileURLWithPath: executableFolder, isDirectory: true).standardizedFileURL
    if let installed = read(
      folder.appending(path: "../share/framelab/\(fileName)").standardizedFileURL.path)
    {
      return installed
    }
    while folder.path != "/" {
      if let found = read(folder.appending(path: ".venv/share/framelab/\(fileName)").path) {
        return found
      }
      folder = folder.deletingLastPathComponent().standardizedFileURL
    }
    return nil
  }

  private static func read(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
