import ArgumentParser
import Foundation
import MemoryUnits
import TraceFormats

/// `framelab trace info`: a recording in figures.
struct TraceInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Say what a recording holds: heap events and live bytes, or references and pages.",
    discussion: """
      A recording that is still growing (FILE.partial), was cut short or is damaged is read up to \
      where it is sound.

        framelab trace info app.fltrace
        framelab trace info app.fltrace --json
      """)

  @Argument(help: "A recording.", completion: .file(extensions: ["fltrace"]))
  var file: String

  @OptionGroup var format: OutputFormat

  func run() throws {
    if AccessInput.recognises(path: file) {
      try printAccess()
    } else {
      try printHeap()
    }
  }

  private func printAccess() throws {
    var input = try AccessInput(path: file)
    var summary = AccessTraceSummary()
    var batch: [AccessRecord] = []
    while try input.next(&batch) { summary.add(batch) }
    let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    let report = AccessReport(
      summary: summary, origin: input.origin, caveats: input.caveats, fileBytes: bytes)
    try report.show(URL(filePath: file).lastPathComponent, format)
  }

  private func printHeap() throws {
    let trace = try HeapTrace.load(path: file)
    let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    let report = TraceReport(trace: trace, summary: HeapTraceSummary(trace), fileBytes: bytes)
    if format.json {
      try OutputFormat.printJSON(report)
    } else {
      print(report.text(file: URL(filePath: file).lastPathComponent))
    }
  }
}
