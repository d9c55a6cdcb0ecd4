import ArgumentParser
import Experiments
import Foundation
import MemoryUnits
import TraceFormats
import Translation

/// `framelab trace translate`: memory references through the TLBs and the page walker of one core.
struct TraceTranslateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate",
    abstract: "Send memory references through TLBs and page walks: hits, misses, walks, speed.",
    usage: "framelab trace translate <file> [--machine <name>] [<options>]",
    discussion: """
      Reads a recording of references, or lackey's text. Every page gets a frame at its first touch, \
      in page tables that lie in simulated memory; that touch walks in vain and is made again. A \
      reference that lies in two pages takes two translations.

        framelab trace translate Workloads/access/sort.fltrace
        framelab trace translate app.fltrace --machine core-i7 --pages 2MiB
        framelab trace translate app.fltrace --limit 1000000 --json
      """)

  @Argument(help: "A recording of memory references.", completion: .file(extensions: ["fltrace"]))
  var file: String

  @Option(
    help: ArgumentHelp("Whose TLBs: \(Self.names).", valueName: "name"),
    completion: .list(TranslationGeometry.presets.map(\.name)), transform: Self.machine)
  var machine = TranslationGeometry.zen4

  @Option(
    help: ArgumentHelp("Size of every page: 4KiB or 2MiB.", valueName: "size"),
    completion: .list(["4KiB", "2MiB"]), transform: Self.pageSize)
  var pages = PageSize.base4KiB

  @Option(help: "Simulated memory.", transform: Self.memory)
  var memory = ByteCount(64 << 30)

  @Option(
    help: ArgumentHelp("Stop after that many references (default: all).", valueName: "count"))
  var limit: Int?

  @OptionGroup var format: OutputFormat

  func run() throws {
    if let limit, limit < 0 {
      throw CLIError.badInput("--limit \(limit): expected a number of references, 0 or more")
    }
    var input = try AccessInput(path: file)
    var translation = try ReferenceTranslation(machine, pageSize: pages, memory: memory)
    try translation.run(&input, most: limit ?? .max)
    let report = TranslationReport(
      translation.report, pageSize: pages, origin: input.origin, caveats: input.caveats)
    if format.json {
      try OutputFormat.printJSON(report)
    } else {
      print(report.text(file: URL(filePath: file).lastPathComponent))
    }
  }

  private static var names: String {
    TranslationGeometry.presets.map(\.name).joined(separator: ", ")
  }

  private static func machine(_ text: String) throws -> TranslationGeometry {
    if let found = TranslationGeometry.presets.first(where: { $0.name == text }) { return found }
    throw ValidationError("'\(text)' is no machine; expected one of \(names)")
  }

  private static func pageSize(_ text: String) throws -> PageSize {
    for size in [PageSize.base4KiB, .huge2MiB] where size.bytes == ByteCount(text) { return size }
    throw ValidationError("'\(text)' is no page size; expected 4KiB or 2MiB")
  }

  private static func memory(_ text: String) throws -> ByteCount {
    if let bytes = ByteCount(text), bytes.frames > 0, bytes.rawValue <= 8 << 40 { return bytes }
    throw ValidationError("'\(text)' is no size of memory; expected 1 to 8TiB, such as 64GiB")
  }
}
