import Benchmarking
import MemoryUnits
import Reporting
import Results

/// The report of `framelab bench` as a page: the figures of the terminal, drawn.
enum BenchPage {
  static func speed(_ result: BenchmarkResult, _ provenance: Provenance) -> FigurePage {
    var titles: [String] = []
    for row in result.rows where !titles.contains(row.title) { titles.append(row.title) }
    return FigurePage(
      title: "Page-frame allocators side by side",
      subtitle:
        "nanoseconds of thread CPU time per operation; lock xadd takes "
        + "\(BenchFigure.ns(result.primitives.addNs)) ns here",
      answer: (result.isComplete ? [] : [BenchText.incomplete]) + [BenchAnswer(result).text],
      sections: BenchGroup.groups(result.rows).map(section),
      made: made(provenance, result.repetitions, result.seed), series: titles,
      reference: BenchmarkSystem.frameStack.title)
  }

  private static func section(_ group: BenchGroup) -> FigureSection {
    let table = BenchTable(group)
    return FigureSection(
      title: group.title,
      reading:
        "Each dot is the smallest of the repetitions, the bar behind it reaches to the largest, and "
        + "the axis is logarithmic: further left is faster. A grey tick is the floor of the row, the "
        + "least that this host allows; a dot on its tick cannot become faster.",
      charts: table.columns.map { figure in
        .dots(
          title: figure.title, unit: "ns",
          group.rows.compactMap { row in
            guard row.plan.pattern == figure.pattern, let spread = figure.figure(row),
              spread.min > 0
            else { return nil }
            let isWhole = row.figureNs == spread
            return FigureDot(
              series: row.title, low: spread.min, value: spread.min, high: spread.max,
              tick: isWhole ? row.floor?.floorNs : nil)
          })
      },
      table: table.cells(medians: true), notes: table.remarks)
  }

  static func recovery(_ result: RecoveryResult, _ provenance: Provenance) -> FigurePage {
    let text = RecoveryText(result, hostWords: provenance.hostWords)
    var titles: [String] = []
    for row in result.rows where !titles.contains(row.title) { titles.append(row.title) }
    return FigurePage(
      title: "Do 2 MiB blocks come back?",
      subtitle: "the recovery experiment: every round replaces a tenth of what is live, at random",
      answer: (result.isComplete ? [] : [BenchText.incomplete]) + [text.answer],
      sections: text.cases.map { plan in
        FigureSection(
          title: "\(plan.words), \(plan.memory.rounded)",
          reading:
            "Each line is an allocator: of the 2 MiB blocks that the free memory amounts to, the "
            + "share without a live frame, after every round. A line that climbs to the top finds "
            + "its way back to whole blocks; one at the bottom never does.",
          charts: [
            .shares(
              title: "2 MiB blocks without a live frame, share of the ideal", steps: "rounds",
              result.rows.filter { $0.plan == plan }.map {
                FigureLine(series: $0.title, shares: $0.curve)
              })
          ],
          table: text.cells(plan), notes: [text.foot])
      },
      made: made(provenance, result.repetitions, result.seed), series: titles)
  }

  static func machine(_ text: MachineText, _ provenance: Provenance) -> FigurePage {
    let result = text.result
    return FigurePage(
      title: "How fast is the machine?",
      subtitle: "the simulated kernel's own work; nanoseconds of thread CPU time",
      answer: (result.isComplete ? [] : [BenchText.incomplete]) + [text.answer],
      sections: [
        FigureSection(
          title: "\(result.pages) pages of 4 KiB",
          reading:
            "Each dot is the smallest of the repetitions, the bar behind it reaches to the largest, "
            + "and the axis is logarithmic: further left is faster.",
          charts: [
            .dots(
              title: "per page, entry, lookup, pair or access", unit: "ns",
              result.rows.map { row in
                FigureDot(
                  series: row.operation.title, low: row.ns.min, value: row.ns.min,
                  high: row.ns.max, tick: row.operation.hasFloor ? result.floorNs?.min : nil)
              })
          ],
          table: text.cells, notes: [text.foot])
      ],
      made: made(provenance, result.repetitions, 1), series: result.rows.map(\.operation.title))
  }

  static func availability(_ text: AvailabilityText, _ provenance: Provenance) -> FigurePage {
    let result = text.result
    return FigurePage(
      title: "How fast is the availability answer?",
      subtitle: "all orders of the whole memory; milliseconds of thread CPU time",
      answer: (result.isComplete ? [] : [BenchText.incomplete]) + [text.answer],
      sections: [
        FigureSection(
          title: "\(ByteCount(result.frames << 12)) of frames",
          reading:
            "Each dot is the smallest of the repetitions, the bar behind it reaches to the largest, a "
            + "grey tick is a plain read of the descriptors, and the axis is logarithmic.",
          charts: [
            .dots(
              title: "the whole memory", unit: "ms",
              result.rows.map { row in
                FigureDot(
                  series: row.state.title, low: row.answerNs.min / 1e6,
                  value: row.answerNs.min / 1e6, high: row.answerNs.max / 1e6,
                  tick: row.readNs.min / 1e6)
              })
          ],
          table: text.cells, notes: [text.foot])
      ],
      made: made(provenance, result.repetitions, 1), series: result.rows.map(\.state.title))
  }

  static func made(
    _ provenance: Provenance, _ repetitions: Int, _ seed: UInt64
  ) -> [(name: String, value: String)] {
    [
      ("command", provenance.command.joined(separator: " ")),
      ("version", provenance.version), ("date", provenance.startedAt),
      ("host", provenance.hostWords),
      ("repetitions", "\(repetitions), from seed \(seed) on"),
    ]
  }
}
