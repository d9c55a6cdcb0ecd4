import Foundation

/// Which Framelab this is: the version, and the commit that it was built from.
///
/// scripts/build writes the commit into `framelab.commit` beside the executable, scripts/install
/// into `../share/framelab/framelab.commit`; a file that is older than the executable belongs to an
/// earlier build and is not believed. A generated source file would break a plain `swift build`, a
/// build plugin would run at every build, and a define would need unsafeFlags.
enum Version {
  static let number = "0.1.0"

  /// Twelve hexadecimal digits, with `-dirty` when the sources differed from the commit; nil when
  /// the tool was not built by scripts/build.
  static let commit: String? = {
    guard let executable = Executable.path, let built = modified(executable) else { return nil }
    for place in ["framelab.commit", "../share/framelab/framelab.commit"] {
      let file = Executable.folder.appending(path: place).path
      guard let written = modified(file), written >= built,
        let text = try? String(contentsOfFile: file, encoding: .utf8),
        let line = text.split(whereSeparator: \.isNewline).first
      else { continue }
      return String(line)
    }
    return nil
  }()

  /// `framelab 0.1.0 (abcdef012345)`
  static var text: String {
    "framelab \(number) (\(commit ?? "unknown commit: not built by scripts/build"))"
  }

  private static func modified(_ path: String) -> Date? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.modificationDate] as? Date
  }
}
