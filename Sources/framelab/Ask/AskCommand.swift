import ArgumentParser
import Foundation
import Fragmentation
import MemoryUnits

/// `framelab ask`: can I have so many contiguous blocks, at what cost, and what stands in the way?
struct AskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask",
    abstract: "Ask for 2 MiB or 1 GiB pages: can they be had, at what cost, what is in the way?",
    usage:
      "framelab ask --need <need> ... [--by <means>] [--machine <script>] [--json] [<snapshot>]",
    discussion: """
      Asks this host, a snapshot of one, or a simulated machine at the end of its script:

        framelab ask --need 200x2MiB
        framelab ask --need 4x1GiB --need 64x2MiB host.flsnap
        framelab ask --need 8x2MiB --machine Workloads/machine/fork.machine
        framelab ask --need 1GiB --by now --json | jq .answer

      The first line says yes or no, how many pages have to be moved, and how long that takes by a \
      cost table, which is named. No plan for one need moves fewer pages. The table below says for \
      each size how many blocks there are now, when reclaim has dropped the clean contents of files, \
      after perfect compaction, and how many Linux can make, which keeps a watermark and room to \
      work free. Then come the blocks to empty, and what keeps other blocks from becoming free.

      Frames of which the source cannot tell may stay or move: where that matters, figures are \
      intervals. Without root this host shows its free lists only.

      --json: answer (yes, no, unknown), needs, means, plan (blocks with zone, first_frame, order, \
      moves, drops; missing), time_ns, cost_table, availability (zones, each with its orders).

      Exit codes: 0 yes, 1 no, 3 the source does not tell enough.
      """)

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "How many blocks of which size, such as 200x2MiB or 1GiB; may be given several times.",
      valueName: "need"))
  var need: [String]

  @Option(
    help: ArgumentHelp(
      "What may be done: now (nothing), reclaim, compaction or both (default: the least of now, "
        + "compaction, both that suffices).", valueName: "means"),
    completion: .list(PlanMeans.allCases.map(\.rawValue)))
  var by: String?

  @OptionGroup var source: AskSource

  @Argument(
    help: "A file written by 'framelab snapshot' (default: this host).",
    completion: .file(extensions: ["flsnap"]))
  var snapshot: String?

  @OptionGroup var format: OutputFormat

  func run() throws {
    let needs = try need.map { text throws(CLIError) in
      guard let need = BlockNeed(text) else {
        throw .badInput("--need \(text): expected a count and a size up to 1GiB, such as 200x2MiB")
      }
      return need
    }
    guard !needs.isEmpty else {
      throw CLIError.badInput("--need is missing: how many blocks of which size, such as 200x2MiB")
    }
    var means: [PlanMeans] = [.now, .compaction, .both]
    if let by {
      guard let only = PlanMeans(rawValue: by) else {
        throw CLIError.badInput("--by \(by): expected now, reclaim, compaction or both")
      }
      means = only == .now ? [.now] : [.now, only]
    }
    let (frames, costs) = try source.read(file: snapshot)
    let answer = AskAnswer(needs, by: means, frames, costs)
    if format.json {
      try OutputFormat.printJSON(answer)
    } else {
      print(AskText(answer).text)
    }
    switch answer.verdict {
    case .yes: break
    case .no: throw ExitCode(1)
    case .unknown: throw ExitCode(3)
    }
  }
}
