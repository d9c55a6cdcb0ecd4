import ArgumentParser
import Benchmarking
import Contiguity
import MemoryUnits
import Reporting
import Results
import VirtualMemory

extension BenchCommand {
  func runCompaction(_ seed: UInt64, _ output: String?) throws {
    let size = try oneSize("512MiB", atLeast: "64MiB")
    let provenance = Provenance.ofBench()
    let suite = CompactionSuite(
      memory: size, rounds: rounds ?? 100, repetitions: repetitions ?? 3, seed: seed
    ) { try Self.recipe($0, $1) }
    let result = try withProgress("compaction", suite.result)
    let text = CompactionText(result, hostWords: provenance.hostWords)
    try finish(
      BenchDocument(suite: .compaction, provenance: provenance, result: result), output,
      page: BenchPage.compaction(text, provenance), text: text.text)
    if result.fault != nil { throw ExitCode(1) }
  }

  /// The published recipe on 8 GiB: what of free memory is obtained when all is asked for, and the
  /// latencies of the published share.
  private static func recipe(
    _ allocator: MachineConfiguration.Allocator, _ proactiveness: Int
  ) throws -> CompactionRecipeRow {
    var recipe = ProactiveRecipe(
      MachineConfiguration(frameCount: 1 << 21, allocator: allocator, keepsContents: false),
      proactiveness: proactiveness)
    let published = try recipe.run()
    recipe.wanted = nil
    return CompactionRecipeRow(
      allocator: allocator.rawValue, proactiveness: proactiveness,
      obtainedShare: try recipe.run().obtainedShare, medianNs: published.faults.median,
      stalls: published.stalls)
  }
}

extension BenchPage {
  static func compaction(_ text: CompactionText, _ provenance: Provenance) -> FigurePage {
    let result = text.result
    let dots = result.speed.map { row in
      FigureDot(
        series: "\(row.allocator)\(row.keepsContents ? ", bytes kept" : "")", low: row.ns.min,
        value: row.ns.min, high: row.ns.max, tick: row.floorNs)
    }
    return FigurePage(
      title: "What does compaction cost, and what does it bring?",
      subtitle: "simulated machines; nanoseconds of thread CPU time per page moved",
      answer: (result.isComplete ? [] : [BenchText.incomplete]) + [text.answer],
      sections: CompactionText.sections(result).enumerated().map { index, section in
        FigureSection(
          title: section.title,
          reading: index == 0
            ? "Each dot is the smallest of the repetitions, the bar behind it reaches to the largest, a "
              + "grey tick is a copy of 4 KiB, and the axis is logarithmic." : "",
          charts: index == 0 ? [.dots(title: "per page moved", unit: "ns", dots)] : [],
          table: section.cells, notes: index == 3 ? [text.foot] : [])
      },
      made: made(provenance, result.repetitions, result.seed), series: dots.map(\.series))
  }
}
