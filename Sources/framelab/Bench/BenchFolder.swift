import Foundation
import Reporting

/// The result folder of `framelab bench`: result.json and report.html.
enum BenchFolder {
  /// Refuses what is there and no result, before anything is measured.
  static func check(_ path: String) throws(CLIError) {
    let files = FileManager.default
    if files.fileExists(atPath: path), !files.fileExists(atPath: path + "/result.json") {
      throw .badInput("--output \(path): is there and is no result folder")
    }
  }

  /// Writes both under a temporary name and renames the folder. An earlier result of the same name is
  /// replaced, anything else is refused.
  static func write(_ result: some Encodable, _ page: FigurePage, to path: String) throws {
    try check(path)
    let files = FileManager.default
    let vega = VegaRuntime.find(executableFolder: Executable.folder.path)
    if vega == nil {
      StandardError.note("the page has no charts: run scripts/setup run, then bench again")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(result)
    let html = Data(try page.html(vega: vega).utf8)
    let partial = path + ".partial"
    do {
      if files.fileExists(atPath: partial) { try files.removeItem(atPath: partial) }
      try files.createDirectory(atPath: partial, withIntermediateDirectories: true)
      try json.write(to: URL(filePath: partial + "/result.json"))
      try html.write(to: URL(filePath: partial + "/report.html"))
      if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
      try files.moveItem(atPath: partial, toPath: path)
    } catch {
      try? files.removeItem(atPath: partial)
      throw CLIError.hostLacks("\(path) cannot be written: \(error.localizedDescription)")
    }
  }
}
