import ArgumentParser
import Foundation
import Reporting
import Results
import TraceFormats

/// `framelab report`: results in, a page out.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make the report again from results alone, or lay several results side by side.",
    discussion: """
      A result is the folder that 'framelab run' made, or the result.json in it. One result's report \
      is written into its folder; for several results, or to have it elsewhere, name the file.

        framelab report Reports/runs/2026-11-21-quickstart
        framelab report results/monday results/tuesday -o comparison.html

      The page is one file that works offline.
      """)

  @Argument(
    help: ArgumentHelp("Result folders, or paths of result.json.", valueName: "result"),
    completion: .directory)
  var results: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The page to write (default: report.html in the result's folder).",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  func validate() throws {
    if results.count > 1, output == nil {
      throw ValidationError("several results have no common folder: name the page with --output")
    }
  }

  func run() throws {
    let path = output ?? Self.defaultPath(results[0])
    let sources = try results.map { try Report.Source.read($0) }
    // A wrong target is told before the page is made.
    _ = try OutputPath(path)
    let report = Report(sources)
    try ReportPage(report).write(to: path)
    ReportPage.print(report, path: path)
  }

  private static func defaultPath(_ result: String) -> String {
    let folder =
      result.hasSuffix(".json")
      ? URL(fileURLWithPath: result).deletingLastPathComponent().relativePath : result
    return folder.hasSuffix("/") ? folder + "report.html" : folder + "/report.html"
  }
}
