import ArgumentParser
import Foundation
import LinuxHost
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
        framelab trace info references.fltrace --rounds 5     how fast is it read?
      """)

  @Argument(help: "A recording.", completion: .file(extensions: ["fltrace"]))
  var file: String

  @Option(
    help: ArgumentHelp(
      "Memory references: read them that often again, and say how fast that went.",
      valueName: "count"))
  var rounds = 0

  @OptionGroup var format: OutputFormat

  func run() throws {
    guard rounds >= 0 else {
      throw CLIError.badInput("--rounds \(rounds): expected a number, 0 or more")
    }
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
    var report = AccessReport(
      summary: summary, origin: input.origin, caveats: input.caveats, fileBytes: bytes)
    report.read_ns_per_reference = try readingNs(summary.referenceCount)
    try report.show(URL(filePath: file).lastPathComponent, format)
  }

  /// The fastest of the rounds, thread CPU time per reference; nil without any.
  private func readingNs(_ count: Int) throws -> Double? {
    var batch: [AccessRecord] = []
    var best: Double?
    for _ in 0..<(count == 0 ? 0 : rounds) {
      let start = ThreadClock.now
      var input = try AccessInput(path: file)
      while try input.next(&batch) {}
      let ns = Double(ThreadClock.now - start) / Double(count)
      best = min(best ?? ns, ns)
    }
    return best
  }

  private func printHeap() throws {
    if rounds > 0 {
      throw CLIError.badInput(
        "--rounds: \(file) holds no memory references; the option is for those")
    }
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
