import Benchmarking
import MemoryUnits

/// What `framelab bench --suite compaction` prints.
struct CompactionText {
  let result: CompactionBenchResult
  /// The processor and its load.
  let hostWords: String

  init(_ result: CompactionBenchResult, hostWords: String) {
    self.result = result
    self.hostWords = hostWords
  }

  var text: String {
    let first = result.isComplete ? [] : [BenchText.incomplete]
    let fault = result.fault.map { ["A machine has a fault: \($0)."] } ?? []
    let head = first + fault + [BenchFigure.wrapped(answer), BenchFigure.wrapped(hostWords)]
    let tables = Self.sections(result).map { "\($0.title)\n\(BenchTable.layOut($0.cells))" }
    return (head + tables + [BenchFigure.wrapped(foot)]).joined(separator: "\n\n")
  }

  var answer: String {
    guard let fast = result.speed.min(by: { $0.ns.min < $1.ns.min }) else {
      return "Nothing was measured."
    }
    var sentence =
      "Compaction moves up to \(Self.millions(fast.ns.min)) M simulated pages per second."
    let shares = result.plan.filter { $0.planned > 0 }
      .map { Double($0.achieved) / Double($0.planned) }
    if let least = shares.min() {
      sentence +=
        " Of the 2 MiB blocks that the availability answer calls attainable by Linux it makes "
        + "\(BenchFigure.percent(least)) or more."
    }
    return sentence
  }

  struct Section {
    var title: String
    /// Heads first.
    var cells: [[String]]
  }

  static func sections(_ result: CompactionBenchResult) -> [Section] {
    let speed = result.speed.map { row in
      [
        row.allocator, row.keepsContents ? "kept" : "-", BenchFigure.ns(row.ns.min),
        BenchFigure.ns(row.ns.median), millions(row.ns.min),
        row.floorNs.map(BenchFigure.ns) ?? "-",
      ]
    }
    let plan = result.plan.map { row in
      [
        row.allocator, BenchFigure.percent(row.pinnedShare, digits: 2), "\(row.perfect)",
        "\(row.planned)", "\(row.achieved)",
        row.planned > 0 ? BenchFigure.percent(Double(row.achieved) / Double(row.planned)) : "-",
      ]
    }
    let recovery = result.recovery.map { row in
      [
        row.allocator, BenchFigure.percent(row.before / max(row.idealBlocks, 1)),
        BenchFigure.percent(row.after / max(row.idealBlocks, 1)), BenchFigure.ns(row.moves),
        row.movesPerBlock.map(BenchFigure.ns) ?? "-",
        row.fewestMoves.map(BenchFigure.ns) ?? "-",
      ]
    }
    let direct = result.direct.map { row in
      [
        row.allocator, row.policy.rawValue, BenchFigure.percent(row.pinnedShare, digits: 2),
        "\(row.asked)", "\(row.obtained)", row.movesPerBlock.map(BenchFigure.ns) ?? "-",
        row.obtained > 0
          ? BenchFigure.ns(Double(row.fewestMoves) / Double(row.obtained)) : "-",
      ]
    }
    let recipe = result.recipe.map { row in
      [
        row.allocator, "\(row.proactiveness)", BenchFigure.percent(row.obtainedShare),
        BenchFigure.ns(Double(row.medianNs) / 1000), "\(row.stalls)",
      ]
    }
    return [
      Section(
        title: "speed: half of memory free at random",
        cells: [["", "bytes", "ns/move", "median", "M/s", "copy ns"]] + speed),
      Section(
        title: "2 MiB blocks planned and achieved",
        cells: [["", "pinned", "perfect", "by Linux", "achieved", "share"]] + plan),
      Section(
        title: "recovery: \(result.recovery.first?.rounds ?? 0) rounds, then compaction",
        cells: [["", "before", "after", "moves", "per block", "fewest"]] + recovery),
      Section(
        title: "2 MiB blocks one by one by direct compaction: half of memory free at random",
        cells: [["", "block by", "pinned", "asked", "obtained", "moves each", "fewest"]] + direct),
      Section(
        title: "the recipe of proactive compaction",
        cells: [["", "proactiveness", "obtained", "p50 us", "stalls"]] + recipe),
    ]
  }

  var foot: String {
    let words = """
      ns/move: thread CPU time of a whole run, best of \(result.repetitions); copy: 4 KiB between random \
      pages of as much memory, the least that a move with its bytes can take. pinned: share of the pages \
      in use that cannot move; perfect: after perfect compaction; by Linux: what the answer says, with \
      the watermarks left free; sums of \(result.repetitions). before, after: free 2 MiB blocks, of free \
      frames / 512; per block: moves per block gained; fewest: moves(N) for as many blocks (T10a). \
      block by planned: beyond Linux, the block of fewest moves is emptied. p50: \
      of faults for huge pages, by the cost table. Verified: every machine's validate(), and the bytes \
      where they are kept. \(ByteCount(result.frames << 12)) machines; the recipe on 8 GiB.
      """
    return words
  }

  private static func millions(_ ns: Double) -> String { BenchFigure.ns(1000 / max(ns, 0.001)) }
}
