import Foundation

/// Where the result of a run goes.
struct ResultPlace {
  var parent: String
  var name: String

  /// `--output` names the folder itself. Without it the folder is `DATE-NAME` in `Reports/runs` when
  /// the command was started inside the checkout that it was built in, else in `framelab-runs`.
  init(output: String?, name: String) {
    if let output {
      let url = URL(fileURLWithPath: output).standardizedFileURL
      parent = url.deletingLastPathComponent().path
      self.name = url.lastPathComponent
    } else {
      parent = Self.checkout.map { $0 + "/Reports/runs" } ?? "framelab-runs"
      self.name = "\(Self.today)-\(name)"
    }
  }

  /// The checkout's root when both the executable and the working directory lie in it.
  private static var checkout: String? {
    let path = Executable.folder.path
    guard let build = path.range(of: "/.build/") else { return nil }
    let root = String(path[..<build.lowerBound])
    let here = FileManager.default.currentDirectoryPath
    return here == root || here.hasPrefix(root + "/") ? root : nil
  }

  /// The date of today in UTC, `2026-11-21`.
  private static var today: String {
    Date.now.formatted(.iso8601.year().month().day().dateSeparator(.dash))
  }
}
