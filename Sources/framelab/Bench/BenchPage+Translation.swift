import Benchmarking
import Reporting
import Results

extension BenchPage {
  static func translation(_ result: TranslationResult, _ provenance: Provenance) -> FigurePage {
    let text = TranslationText(result, hostWords: provenance.hostWords)
    let titles = result.rows.map(\.pattern.rawValue)
    return FigurePage(
      title: "Accesses through simulated TLBs",
      subtitle: "nanoseconds of thread CPU time per access; zen4, data caches off",
      answer: (result.isComplete ? [] : [BenchText.incomplete]) + [text.answer],
      sections: [
        FigureSection(
          title: "Streams of addresses",
          reading:
            "Each dot is the smallest of the repetitions, the bar behind it reaches to the largest, "
            + "and the axis is logarithmic: further left is faster. A grey tick is a look into a flat "
            + "array from page to frame in place of the MMU.",
          charts: [
            .dots(
              title: "an access", unit: "ns",
              result.rows.compactMap { row in
                guard let spread = row.accessNs, spread.min > 0 else { return nil }
                return FigureDot(
                  series: row.pattern.rawValue, low: spread.min, value: spread.min,
                  high: spread.max, tick: row.floorNs?.min)
              })
          ],
          table: text.cells, notes: [text.foot])
      ],
      made: made(provenance, result.repetitions, result.seed), series: titles)
  }
}
