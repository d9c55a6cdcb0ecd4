import Benchmarking
import Reporting
import Results

extension BenchPage {
  static func superpages(_ text: SuperpageText, _ provenance: Provenance) -> FigurePage {
    let result = text.result
    func dots(_ title: String, _ figure: KeyPath<SuperpageRepetition, Int>) -> FigureChart {
      .dots(
        title: title, unit: "blocks",
        result.rows.compactMap { row in
          let values = row.repetitions.map { Double($0[keyPath: figure]) }
          guard let mean = row.estimate(figure)?.mean, let low = values.min(), low > 0,
            let high = values.max()
          else { return nil }
          return FigureDot(series: row.policy.rawValue, low: low, value: mean, high: high)
        })
    }
    return FigurePage(
      title: "What would policies beyond Linux bring?",
      subtitle: "blocks of 2 MiB and \(result.plan.superpageblock) after the same load",
      answer: (result.isComplete ? [] : [BenchText.incomplete]) + [text.answer],
      sections: [
        FigureSection(
          title: "\(result.plan.memory), \(result.plan.rounds) rounds",
          reading:
            "Each dot is the mean of the repetitions, the bar behind it reaches from the smallest to the "
            + "largest, and the axis is logarithmic; policies without a dot have none.",
          charts: [
            dots("2 MiB blocks after compaction", \.compactedBlocks),
            dots("2 MiB blocks with frames of the kernel", \.kernelBlocks),
          ],
          table: text.cells, notes: [text.foot])
      ],
      made: made(provenance, result.repetitions, result.seed),
      series: result.rows.map(\.policy.rawValue))
  }
}
