import Foundation
import Reporting

/// The result folder of `framelab bench`: result.json and report.html.
///
/// Nothing else in the folder is ever touched, and no folder is removed: each of the two files is
/// written under a temporary name inside the folder and renamed over the earlier one.
enum BenchFolder {
  private struct Refusal: Error {
    var words: String
    init(_ words: String) { self.words = words }
  }

  /// The folder's path without slashes at its end. Refuses what cannot become a result folder, or is
  /// somebody else's, before anything is measured.
  static func checked(_ output: String) throws(CLIError) -> String {
    var path = output
    while path.count > 1, path.last == "/" { path.removeLast() }
    guard !path.isEmpty else { throw .badInput("--output: expected the name of a folder") }
    do throws(Refusal) {
      try checkContents(path)
    } catch {
      throw .badInput("--output \(path): \(error.words)")
    }
    let parent = existing(path)
    guard FileManager.default.isWritableFile(atPath: parent) else {
      throw .hostLacks("--output \(path): no permission to write in \(parent)")
    }
    return path
  }

  /// A new folder, an empty one and a result of `framelab bench` are good.
  private static func checkContents(_ path: String) throws(Refusal) {
    let files = FileManager.default
    guard isFolder(existing(path)) else { throw Refusal("\(existing(path)) is no folder") }
    guard files.fileExists(atPath: path) else { return }
    guard let data = files.contents(atPath: path + "/result.json") else {
      let names = (try? files.contentsOfDirectory(atPath: path)) ?? ["?"]
      guard names.isEmpty else { throw Refusal("is there and is no result folder") }
      return
    }
    guard isResult(data) else {
      throw Refusal("its result.json is no result of framelab bench; choose another folder")
    }
    if isFolder(path + "/report.html") { throw Refusal("its report.html is a folder") }
  }

  /// Whether it is a result of this command, of any version.
  private static func isResult(_ data: Data) -> Bool {
    guard let top = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      return false
    }
    return top["rows"] is [Any] && top["plugins"] is [Any] && top["seed"] is Int
  }

  private static func isFolder(_ path: String) -> Bool {
    let place = URL(filePath: path).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: place)
    return attributes?[.type] as? FileAttributeType == .typeDirectory
  }

  /// The path, or the nearest folder above it that is there.
  private static func existing(_ path: String) -> String {
    var url = URL(filePath: path).standardizedFileURL
    while !FileManager.default.fileExists(atPath: url.path), url.path != "/" {
      url.deleteLastPathComponent()
    }
    return url.path
  }

  /// Writes both files into the folder that `checked` gave; result.json last, because it makes the
  /// folder a result.
  static func write(_ result: some Encodable, _ page: FigurePage, to path: String) throws {
    let vega = VegaRuntime.find(executableFolder: Executable.folder.path)
    if vega == nil {
      StandardError.note("the page has no charts: run scripts/setup run, then bench again")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(result)
    let html = Data(try page.html(vega: vega).utf8)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      // `.atomic`: a temporary file in the same folder, renamed over the earlier one.
      try html.write(to: URL(filePath: path + "/report.html"), options: .atomic)
      try json.write(to: URL(filePath: path + "/result.json"), options: .atomic)
    } catch {
      throw CLIError.hostLacks("\(path) cannot be written: \(error.localizedDescription)")
    }
  }
}
