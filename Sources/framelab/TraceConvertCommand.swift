import ArgumentParser
import Foundation
import MemoryUnits
import TraceFormats

/// `framelab trace convert`: a recording made by another tool becomes one of ours.
struct TraceConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turn a recording made by another tool into one of ours.",
    usage: "framelab trace convert <file> [--output <file>] [<options>]",
    discussion: """
      Reads, by content: heaptrack 1.4 (interpreted or --raw), CMU malloc lab .rep, and size tables \
      in CSV with the columns size,rate,live (bytes, allocations per second, live objects); each \
      plain, .gz or .zst. What the file does not say is assumed, and the assumption is kept in the \
      recording as a note. `framelab run` reads the same files directly.

      Also reads memory references: the text that valgrind --tool=lackey --trace-mem=yes writes, \
      of any length; lines of the program's own output are passed over.

        framelab trace convert heaptrack.app.123.zst
        framelab trace convert heaptrack.app.123.zst --pairing lifo -o app-lifo.fltrace
        framelab trace convert realloc-bal.rep
        framelab trace convert fleet.csv --duration 30s --seed 7
        framelab trace convert lackey.txt.zst -o app-references.fltrace
      """)

  @Argument(help: "The recording to read.", completion: .file())
  var file: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The recording to write, replacing an older one; by default the input's name with .fltrace.",
      valueName: "file"),
    completion: .file(extensions: ["fltrace"]))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "heaptrack without pointers: a free takes the oldest (fifo, the default) or youngest (lifo) "
        + "object.",
      valueName: "fifo|lifo"),
    completion: .list(ObjectPairing.allCases.map(\.rawValue)), transform: Self.pairing)
  var pairing: ObjectPairing?

  @Option(
    help: "Time between events where the file has none (default: 1us).", transform: Self.timeSpan)
  var spacing: TimeSpan?

  @Option(help: "Size table: how long the program runs (default: 10s).", transform: Self.timeSpan)
  var duration: TimeSpan?

  @Option(help: "Size table: which of the possible programs (default: 1).")
  var seed: UInt64?

  @OptionGroup var format: OutputFormat

  func run() throws {
    let target = output ?? Self.target(of: file)
    if URL(filePath: target).standardizedFileURL == URL(filePath: file).standardizedFileURL {
      throw CLIError.badInput("\(target) is the recording itself; name another file with --output")
    }
    // A wrong target is told before a long file is read.
    let place = try OutputPath(target)
    if output == nil, place.exists {
      throw CLIError.badInput(
        "\(target) exists; --output \(target) replaces it, --output FILE takes another name")
    }
    if AccessInput.recognises(path: file) {
      try convertAccess(to: target)
    } else {
      try convertHeap(to: target)
    }
  }

  private func convertAccess(to target: String) throws {
    let given = [
      ("pairing", pairing != nil), ("spacing", spacing != nil), ("duration", duration != nil),
      ("seed", seed != nil),
    ].first { $0.1 }
    if let given {
      throw CLIError.badInput(
        "--\(given.0): \(file) holds memory references; the option is for heap recordings")
    }
    let input = try AccessInput(path: file)
    let made = try input.convert(to: target)
    let report = AccessReport(
      summary: made.summary, origin: made.origin, caveats: made.caveats,
      fileBytes: try Self.bytes(of: target))
    try report.show(target, format)
  }

  private func convertHeap(to target: String) throws {
    let standard = ForeignOptions()
    let trace = try HeapTrace.load(
      path: file,
      options: ForeignOptions(
        pairing: pairing ?? standard.pairing,
        eventSpacingNs: spacing?.nanoseconds ?? standard.eventSpacingNs,
        durationNs: duration?.nanoseconds ?? standard.durationNs, seed: seed ?? standard.seed))
    try trace.write(to: target)
    let bytes = try Self.bytes(of: target)
    let report = TraceReport(trace: trace, summary: HeapTraceSummary(trace), fileBytes: bytes)
    if format.json {
      try OutputFormat.printJSON(report)
    } else {
      print(report.text(file: target))
    }
  }

  private static func bytes(of path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  /// `app.123.raw.zst` becomes `app.123.fltrace`, in the current folder.
  static func target(of file: String) -> String {
    var name = URL(filePath: file).lastPathComponent
    for suffix in [".zst", ".gz", ".raw", ".rep", ".csv", ".txt", ".log", ".fltrace"]
    where name.hasSuffix(suffix) {
      if name.count > suffix.count { name.removeLast(suffix.count) }
    }
    return name + ".fltrace"
  }

  private static func pairing(_ text: String) throws -> ObjectPairing {
    if let pairing = ObjectPairing(rawValue: text) { return pairing }
    throw ValidationError("'\(text)' is no pairing; expected fifo or lifo")
  }

  private static func timeSpan(_ text: String) throws -> TimeSpan {
    if let span = TimeSpan(text) { return span }
    throw ValidationError("'\(text)' is no time; expected a time such as 30s, 500ms or 2m")
  }
}
