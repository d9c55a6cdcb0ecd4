import ArgumentParser
import Benchmarking
import Contiguity
import MemoryUnits
import Reporting
import Results
import VirtualMemory

extension BenchCommand {
  func runMix(_ seed: UInt64, _ output: String?) throws {
    let size = try oneSize("1GiB", atLeast: "256MiB")
    let provenance = Provenance.ofBench()
    let rounds = self.rounds ?? 15
    let suite = MixSuite(
      memory: size, rounds: rounds, repetitions: repetitions ?? 3, seed: seed
    ) { allocator, seed, finished in
      try Self.mix(allocator, size.frames, rounds, seed, finished)
    }
    let result = try withProgress("builds and bursts", suite.result)
    let text = MixText(result, hostWords: provenance.hostWords)
    try finish(
      BenchDocument(suite: .mix, provenance: provenance, result: result), output,
      page: BenchPage.mix(text, provenance), text: text.text)
    if result.rows.contains(where: { $0.fault != nil }) { throw ExitCode(1) }
  }

  /// The load of 1 GiB, jobs and files in proportion to memory; an eighth of it is swap.
  private static func mix(
    _ allocator: MachineConfiguration.Allocator, _ frames: Int, _ rounds: Int, _ seed: UInt64,
    _ finished: () throws -> Void
  ) throws -> MixRepetition {
    var configuration = MachineConfiguration(
      frameCount: frames, allocator: allocator, keepsContents: false)
    configuration.swapPages = frames / 8
    var mix = BuildMix(configuration, seed: seed)
    func scaled(_ count: Int) -> Int { max(1, (count * frames) >> 18) }
    mix.rounds = rounds
    mix.jobs = scaled(mix.jobs)
    mix.jobsAtATime = scaled(mix.jobsAtATime)
    mix.fileCount = scaled(mix.fileCount)
    let outcome = try mix.run { _ in try finished() }
    return MixRepetition(
      rounds: outcome.rounds.map {
        MixRepetition.Round(
          faults: $0.wanted, huge: $0.obtained, unmovableShare: $0.spoiledShare,
          mixedShare: $0.mixedShare)
      },
      vmstat: outcome.vmstat)
  }
}

extension BenchPage {
  static func mix(_ text: MixText, _ provenance: Provenance) -> FigurePage {
    let result = text.result
    func lines(
      _ title: String, _ figure: KeyPath<MixRepetition.Round, Double>
    ) -> FigureChart {
      .shares(
        title: title, steps: "rounds",
        result.rows.filter { !$0.repetitions.isEmpty }.map { row in
          FigureLine(
            series: row.policy,
            shares: (0..<result.rounds).compactMap { row.estimate(figure, round: $0)?.mean })
        })
    }
    return FigurePage(
      title: "Do builds use up huge pages?",
      subtitle: "bursts of huge pages between builds on a simulated machine, Linux 6.18",
      answer: (result.isComplete ? [] : [BenchText.incomplete]) + [text.answer],
      sections: [
        FigureSection(
          title: "\(ByteCount(result.memoryBytes)), \(result.rounds) rounds",
          reading:
            "Each line is a policy, the mean of its repetitions. A first line that sinks over the rounds "
            + "is memory whose types mix: bursts find fewer and fewer whole blocks.",
          charts: [
            lines("faults that got a huge page", \.hugeShare),
            lines("2 MiB blocks with a frame that cannot move", \.unmovableShare),
            lines("2 MiB blocks in which types mix", \.mixedShare),
          ],
          table: text.cells, notes: [text.foot])
      ],
      made: made(provenance, result.repetitions, result.seed), series: result.rows.map(\.policy))
  }
}
