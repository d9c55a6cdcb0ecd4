import Foundation
import LinuxHost
import Reporting
import Results
import TraceFormats

/// A report's page, made with what this installation has, and its short form on the terminal.
struct ReportPage {
  private let data: Data

  init(_ report: Report) throws {
    let vega = VegaRuntime.find(executableFolder: Executable.folder.path)
    if vega == nil {
      StandardError.note("the page has no charts: run scripts/setup run, then framelab report")
    }
    data = Data(try report.html(vega: vega).utf8)
  }

  /// Writes the page whole or not at all.
  ///
  /// - Throws: `CLIError` when the host does not let it be written.
  func write(to path: String) throws {
    do {
      var file = try OutputFile(path: path)
      do {
        try file.append(Array(data))
      } catch {
        file.discard()
        throw error
      }
      try file.commit()
    } catch let error as TraceError {
      throw CLIError.hostLacks(error.description)
    }
  }

  /// Writes the page of a result that is about to be sealed, under the folder's temporary name.
  static func store(_ result: RunResult, in folder: ResultFolder) throws {
    let source = Report.Source(label: folder.name, result: result, folder: folder.partialPath)
    try folder.store(ReportPage(Report([source])).data, file: "report.html")
  }

  /// Prints the words and the table, and the page's path last.
  static func print(_ report: Report, path: String) {
    let terminal = Terminal.standardOutput
    Swift.print(
      report.terminal(path: path, width: terminal.width, hasColour: terminal.hasColour),
      terminator: "")
  }
}
