import Benchmarking
import MemoryUnits
import Results

/// What `framelab bench --suite superpages` prints.
struct SuperpageText {
  let result: SuperpageResult
  /// The processor and its load.
  let hostWords: String

  init(_ result: SuperpageResult, hostWords: String) {
    self.result = result
    self.hostWords = hostWords
  }

  var text: String {
    let first = result.isComplete ? [] : [BenchText.incomplete]
    let faults = result.rows.compactMap { row in row.fault.map { "\(row.policy.rawValue): \($0)." }
    }
    return
      (first + faults + [BenchFigure.wrapped(answer), BenchFigure.wrapped(hostWords)]
      + [BenchTable.layOut(cells), BenchFigure.wrapped(foot)]).joined(separator: "\n\n")
  }

  var answer: String {
    let parts = result.rows.compactMap { row -> String? in
      guard let blocks = row.estimate(\.compactedBlocks),
        let large = row.estimate(\.superpageblocks)
      else { return nil }
      return "\(row.policy.rawValue) \(Self.number(blocks.mean)) and \(Self.number(large.mean))"
    }
    guard !parts.isEmpty else { return "Nothing was measured." }
    return
      "After \(result.plan.rounds) rounds in which programs, single pages and the kernel took and gave "
      + "back \(result.plan.memory), so many blocks of 2 MiB and of \(result.plan.superpageblock) could be "
      + "had by moving pages: \(parts.joined(separator: ", "))."
  }

  /// Heads first.
  var cells: [[String]] {
    let size = result.plan.superpageblock.description
    return [
      [
        "", "2 MiB now", "compacted", size, "tainted", "kernel's", "of", "refused", "moved",
      ]
    ]
      + result.rows.map { row in
        [row.policy.rawValue]
          + [
            \SuperpageRepetition.freeBlocks, \.compactedBlocks, \.superpageblocks,
            \.taintedSuperpageblocks, \.kernelBlocks,
          ].map { Self.cell(row.estimate($0)) }
          + [row.estimate(\.kernelIdeal).map { Self.number($0.mean) } ?? "-"]
          + [\SuperpageRepetition.refused, \.moved].map { Self.cell(row.estimate($0)) }
      }
  }

  var foot: String {
    let size = result.plan.superpageblock.description
    return
      "2 MiB now: blocks without a live frame; compacted: as many when every movable page moves that "
      + "lies among movable ones; \(size): blocks of it that compaction can empty, of "
      + "\(result.plan.memory.rawValue / result.plan.superpageblock.rawValue); tainted: those with a frame "
      + "of the kernel; kernel's: 2 MiB blocks with such a frame, of: as many as its frames would fill; "
      + "moved: pages that gave way when the policy asked for it. Means of \(result.repetitions), from "
      + "seed \(result.seed) on, ± half the 95 % interval (Student), "
      + "none where all are the same. Nothing is reclaimed or compacted "
      + "meanwhile, so that defrag_mode alone changes little."
  }

  private static func cell(_ estimate: Estimate?) -> String {
    guard let estimate else { return "fault" }
    guard let halfWidth = estimate.halfWidth else { return number(estimate.mean) }
    return "\(number(estimate.mean)) ±\(number(halfWidth))"
  }

  /// With one digit below a hundred, if there is something to say.
  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return value >= 100 || tenths % 10 == 0
      ? "\(Int(value.rounded()))" : "\(tenths / 10).\(tenths % 10)"
  }
}
