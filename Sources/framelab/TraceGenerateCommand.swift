import ArgumentParser
import Foundation
import MemoryUnits
import TraceFormats

/// `framelab trace generate`: made-up memory references in a recording.
struct TraceGenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make up memory references: sequential, uniform, skewed, or a chase of pointers.",
    usage: "framelab trace generate <pattern> --output <file> [<options>]",
    discussion: """
      Loads and stores of 8 bytes over a range of addresses; the same options give the same file.

        sequential  word after word, round and round
        uniform     every word with the same probability
        skewed      the word at u^4 of the range, u uniform: a tenth of it gets 56 %
        chase       each line of 64 bytes once a round, in an order that looks random

        framelab trace generate uniform --range 64MiB --count 50000000 -o uniform.fltrace
        framelab trace translate uniform.fltrace --machine zen4
      """)

  @Argument(
    help: ArgumentHelp("sequential, uniform, skewed or chase.", valueName: "pattern"),
    completion: .list(AccessPattern.allCases.map(\.rawValue)), transform: Self.pattern)
  var pattern: AccessPattern

  @Option(help: "Bytes of addresses that are referred to.", transform: Self.range)
  var range = ByteCount(64 << 20)

  @Option(help: "How many references.")
  var count = 10_000_000

  @Option(help: "Which of the possible sequences.")
  var seed: UInt64 = 1

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The recording to write, replacing an older one.", valueName: "file"),
    completion: .file(extensions: ["fltrace"]))
  var output: String

  @OptionGroup var format: OutputFormat

  func run() throws {
    guard count >= 0 else {
      throw CLIError.badInput("--count \(count): expected a number of references, 0 or more")
    }
    var writer = try AccessTraceWriter(path: output, origin: "generated")
    var generator = AccessGenerator(pattern, bytes: range, count: count, seed: seed)
    var summary = AccessTraceSummary()
    do {
      var batch: [AccessRecord] = []
      while generator.next(&batch) {
        try writer.append(batch)
        summary.add(batch)
      }
    } catch {
      writer.discard()
      throw error
    }
    try writer.seal()
    let bytes = try FileManager.default.attributesOfItem(atPath: output)[.size] as? Int ?? 0
    let report = AccessReport(
      summary: summary, origin: "generated", caveats: [], fileBytes: bytes)
    try report.show(output, format)
  }

  private static func pattern(_ text: String) throws -> AccessPattern {
    if let pattern = AccessPattern(rawValue: text) { return pattern }
    throw ValidationError(
      "'\(text)' is no pattern; expected sequential, uniform, skewed or chase")
  }

  private static func range(_ text: String) throws -> ByteCount {
    if let bytes = ByteCount(text), bytes.rawValue > 0, bytes.rawValue <= 1 << 46 { return bytes }
    throw ValidationError("'\(text)' is no range; expected 1 to 64TiB, such as 64MiB")
  }
}
