import Benchmarking
import MemoryUnits
import Results

/// What `framelab bench --suite mix` prints.
struct MixText {
  let result: MixResult
  /// The processor and its load.
  let hostWords: String

  init(_ result: MixResult, hostWords: String) {
    self.result = result
    self.hostWords = hostWords
  }

  var text: String {
    let first = result.isComplete ? [] : [BenchText.incomplete]
    let faults = result.rows.compactMap { row in row.fault.map { "\(row.policy): \($0)." } }
    return
      (first + faults + [BenchFigure.wrapped(answer), BenchFigure.wrapped(hostWords)]
      + [BenchTable.layOut(cells), BenchFigure.wrapped(foot)]).joined(separator: "\n\n")
  }

  var answer: String {
    let parts = result.rows.compactMap { row in
      row.fallback.map { "\(Self.percent($0)) of the faults under \(row.policy)" }
    }
    guard !parts.isEmpty else { return "Nothing was measured." }
    var words =
      "In \(result.rounds) builds with a burst of huge pages after each, on \(memory), "
      + "\(parts.joined(separator: " and ")) got no huge page."
    if let reduction = result.reduction {
      let change = reduction.mean < 0 ? "rises" : "falls"
      let size = Self.percent(reduction, times: reduction.mean < 0 ? -1 : 1)
      words +=
        " With vm.defrag_mode fallback \(change) by \(size), seed by seed; published is a fall by "
        + "\(Self.whole(MixResult.publishedReduction)), asked of the simulation are "
        + "\(Self.whole(MixResult.askedReduction)): that is \(reduction.mean >= MixResult.askedReduction ? "" : "not ")reached."
    }
    return words
  }

  /// Heads first.
  var cells: [[String]] {
    let names = ["huge", "unmovable", "mixed"]
    let heads = result.rows.flatMap { row in
      names.map { "\($0)\(row.policy.contains("defrag") ? ", defrag" : "")" }
    }
    let rounds = (0..<result.rounds).map { round in
      ["\(round + 1)"]
        + result.rows.flatMap { row in
          [\MixRepetition.Round.hugeShare, \.unmovableShare, \.mixedShare].map { figure in
            row.estimate(figure, round: round).map { Self.percent($0) } ?? "fault"
          }
        }
    }
    return [["round"] + heads] + rounds
  }

  var foot: String {
    "huge: faults of the burst that got a huge page; unmovable: pageblocks of 2 MiB with a frame that "
      + "cannot move, after the build; mixed: those of them that have movable pages, too; defrag: with "
      + "vm.defrag_mode=1. Means of \(result.repetitions), from seed \(result.seed) on, ± half the 95 % "
      + "interval (Student). Published: J. Weiner, vm.defrag_mode, Linux 6.15, a kernel build beside "
      + "bursts of huge pages on a real machine."
  }

  private var memory: ByteCount { ByteCount(result.memoryBytes) }

  private static func whole(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

  private static func percent(_ estimate: Estimate, times factor: Double = 1) -> String {
    let mean = BenchFigure.percent(factor * estimate.mean)
    guard let halfWidth = estimate.halfWidth else { return mean }
    return "\(mean) ±\(BenchFigure.percent(halfWidth))"
  }
}
