import ArgumentParser
import Benchmarking
import Foundation
import MemoryUnits
import Reporting
import Results

/// `framelab bench`: page-frame allocators side by side, against each other and against the hardware.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure page-frame allocators side by side, and against what the hardware allows.",
    usage: "framelab bench [--plugin <PATH.so[:options]>] ... [<options>]",
    discussion: """
      Frames are numbers here, with nothing behind them: 8 GiB of frames cost an allocator's records \
      only. Figures are CPU time of the thread in nanoseconds per operation, the smallest of the \
      repetitions and in brackets their median; repetitions go round the allocators, and each is \
      verified: alignment, no overlap, all free at the end.

      Patterns:
      \(Pattern.allCases.map { "  \($0.rawValue.padded(to: 8))\($0.summary)" }.joined(separator: "\n"))

      floor × is the figure divided by the least that it could be on this host: the larger of a plain \
      stack of frame numbers in the same pattern, and the allocator's atomic operations and expected \
      cache misses times what each costs here. The lock-based ListBuddy and the stack are in every \
      table.

        framelab bench                                        about a minute
        framelab bench --patterns random --threads 1,2
        framelab bench --orders 0,3,9,10 --memory 1GiB,64GiB --json
        framelab bench --plugin ./libmine.so                  an allocator of your own beside ours
        framelab bench --suite recovery                       do 2 MiB blocks come back?
        framelab bench --suite machine                        faults, fork, munmap of the VM layer
        framelab bench --suite translation                    accesses through simulated TLBs
        framelab bench --suite availability                   the answer of framelab ask, 64 GiB
        framelab bench --suite compaction                     moves, and what they bring
        framelab bench --suite superpages                     what would other policies bring?
        framelab bench --suite mix                            builds and bursts of huge pages

      The mix compares Linux 6.18 as it comes and with vm.defrag_mode=1 on a simulated machine. \
      Published for a real one (J. Weiner, Linux 6.15) are 75 % fewer faults that fall back to small \
      pages; asked of the simulation are 60 %. What it reaches is what it prints.
      """)

  enum Suite: String, CaseIterable, ExpressibleByArgument {
    case speed, recovery, machine, translation, availability, compaction, superpages, mix
  }

  @Option(
    help: ArgumentHelp(
      "What is measured: speed, recovery, machine, translation, availability, compaction, "
        + "superpages or mix.",
      valueName: "name"))
  var suite = Suite.speed

  @Option(
    help: ArgumentHelp(
      "Which allocators, by name; 'all' for everything this host has.", valueName: "names"))
  var allocators = "default"

  @Option(
    help: ArgumentHelp(
      "Which patterns, or 'all' (speed; default: bulk,repeat,random,churn).", valueName: "names"))
  var patterns: String?

  @Option(
    help: ArgumentHelp("Orders of the blocks, 0 to 10 (speed; default: 0,9).", valueName: "orders"))
  var orders: String?

  @Option(help: ArgumentHelp("Numbers of threads (speed; default: 1).", valueName: "counts"))
  var threads: String?

  @Option(
    help: ArgumentHelp(
      "Sizes of the managed memory (default: 8GiB, recovery 4GiB, availability 64GiB, compaction "
        + "512MiB, mix 1GiB), or of the mapping (machine: 1GiB).",
      valueName: "sizes"))
  var memory: String?

  @Option(
    help: ArgumentHelp(
      "Start states: fresh, aged or both (speed; default: fresh).", valueName: "states"))
  var start: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How often each case is measured (default: 5, recovery 2, compaction and mix 3).",
      valueName: "count")
  )
  var repetitions: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rounds of the experiment (default: recovery and compaction 100, superpages 10, "
        + "mix 15).",
      valueName: "count"))
  var rounds: Int?

  @Option(
    name: .customLong("seed"), parsing: .unconditional,
    help: ArgumentHelp("Seed of the random orders.", valueName: "number"))
  var seedText = "1"

  @OptionGroup var plugins: BenchPlugins

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write result.json and report.html into this folder; a bench result there is replaced, other "
        + "files stay.",
      valueName: "folder"), completion: .directory)
  var output: String?

  @OptionGroup var format: OutputFormat

  func run() throws {
    for (name, value) in [("repetitions", repetitions ?? 1), ("rounds", rounds ?? 1)]
    where value <= 0 {
      throw CLIError.badInput("--\(name) \(value): expected a number above 0")
    }
    try refuseForeignOptions()
    let seed = try BenchChoice.seed(seedText)
    let output = try output.map(BenchFolder.checked)
    let systems = try BenchChoice.systems(allocators)
    switch suite {
    case .speed: try runSpeed(systems.here, systems.absent, seed, output)
    case .recovery: try runRecovery(systems.here, seed, output)
    case .machine: try runMachine(output)
    case .translation: try runTranslation(seed, output)
    case .availability: try runAvailability(seed, output)
    case .compaction: try runCompaction(seed, output)
    case .superpages: try runSuperpages(seed, output)
    case .mix: try runMix(seed, output)
    }
  }

  /// An option of the other suite would be left unheard.
  private func refuseForeignOptions() throws(CLIError) {
    let cases = [
      ("patterns", patterns != nil), ("orders", orders != nil), ("threads", threads != nil),
      ("start", start != nil),
    ]
    let rounded = [("rounds", rounds != nil)]
    let systems = [("allocators", allocators != "default"), ("plugin", !plugins.names.isEmpty)]
    let foreign: [(name: String, isGiven: Bool)] =
      switch suite {
      case .speed: rounded
      case .recovery: cases
      case .machine, .availability: cases + rounded + systems
      case .compaction, .superpages, .mix: cases + systems
      case .translation: cases + rounded + [("memory", memory != nil)] + systems
      }
    if let option = foreign.first(where: \.isGiven) {
      throw .badInput("--\(option.name): no option of the suite \(suite.rawValue)")
    }
  }

  /// The size of a suite that measures one: the one given, or the usual one.
  func oneSize(_ usual: String, atLeast least: String) throws -> ByteCount {
    let sizes = try BenchChoice.sizes(memory ?? usual)
    guard let size = sizes.first, sizes.count == 1,
      let limit = try BenchChoice.sizes(least).first, size.frames >= limit.frames
    else {
      throw CLIError.badInput(
        "--memory: the \(suite.rawValue) suite takes one size, \(least) or more")
    }
    return size
  }

  /// The bar that shows how far a suite is, and the way out after Ctrl-C.
  func withProgress<Result>(
    _ title: String, _ body: ((BenchmarkRun.Progress) throws -> Void) throws -> Result
  ) throws -> Result {
    Signals.catchInterrupts()
    let progress = Progress(title: "framelab bench · \(title)")
    let bar = progress.bar("all repetitions")
    let result = try body { state in
      try Signals.checkInterrupted()
      bar.update(Double(state.done) / Double(max(state.total, 1)))
    }
    bar.finish()
    progress.end()
    return result
  }

  private func runRecovery(
    _ systems: [BenchmarkSystem], _ seed: UInt64, _ output: String?
  ) throws {
    let sizes = try BenchChoice.sizes(memory ?? "4GiB")
    let provenance = Provenance.ofBench()
    Signals.catchInterrupts()
    let foreign = try plugins.examined(threads: 1, seed: seed)
    let suite = RecoverySuite(
      systems: BenchChoice.merged(systems, foreign.map(\.system)),
      cases: sizes.flatMap { RecoveryCase.suite(memory: $0, rounds: rounds ?? 100) },
      repetitions: repetitions ?? 2, seed: seed)
    var result = try withProgress("\(suite.cases.count) cases of recovery", suite.result)
    result.plugins = foreign.map(\.report)
    try finish(
      BenchDocument(suite: .recovery, provenance: provenance, result: result), output,
      page: BenchPage.recovery(result, provenance),
      text: RecoveryText(result, hostWords: provenance.hostWords).text)
    if result.rows.contains(where: { !$0.isVerified }) { throw ExitCode(1) }
  }

  private func runMachine(_ output: String?) throws {
    guard let size = try BenchChoice.sizes(memory ?? "1GiB").first, size.frames >= 512 else {
      throw CLIError.badInput("--memory: the machine suite needs a mapping of 2MiB or more")
    }
    let provenance = Provenance.ofBench()
    let suite = MachineSuite(pages: size.frames, repetitions: repetitions ?? 5)
    let result = try withProgress("the machine", suite.result)
    let text = MachineText(result, hostWords: provenance.hostWords)
    try finish(
      BenchDocument(suite: .machine, provenance: provenance, result: result), output,
      page: BenchPage.machine(text, provenance), text: text.text)
    if result.fault != nil { throw ExitCode(1) }
  }

  private func runTranslation(_ seed: UInt64, _ output: String?) throws {
    let provenance = Provenance.ofBench()
    let suite = TranslationSuite(repetitions: repetitions ?? 5, seed: seed)
    let result = try withProgress("\(suite.patterns.count) streams of addresses", suite.result)
    try finish(
      BenchDocument(suite: .translation, provenance: provenance, result: result), output,
      page: BenchPage.translation(result, provenance),
      text: TranslationText(result, hostWords: provenance.hostWords).text)
    if result.rows.contains(where: { !$0.isVerified }) { throw ExitCode(1) }
  }

  private func runAvailability(_ seed: UInt64, _ output: String?) throws {
    let size = try oneSize("64GiB", atLeast: "4MiB")
    let provenance = Provenance.ofBench()
    let suite = AvailabilitySuite(memory: size, repetitions: repetitions ?? 5, seed: seed)
    let result = try withProgress("availability", suite.result)
    let text = AvailabilityText(result, hostWords: provenance.hostWords)
    try finish(
      BenchDocument(suite: .availability, provenance: provenance, result: result), output,
      page: BenchPage.availability(text, provenance), text: text.text)
    if result.rows.contains(where: { $0.fault != nil }) { throw ExitCode(1) }
  }

  private func runSuperpages(_ seed: UInt64, _ output: String?) throws {
    let size = try oneSize("8GiB", atLeast: "64MiB")
    let provenance = Provenance.ofBench()
    let suite = SuperpageSuite(
      SuperpageCase(memory: size, rounds: rounds ?? 10), repetitions: repetitions ?? 5, seed: seed)
    let result = try withProgress("\(suite.policies.count) policies", suite.result)
    let text = SuperpageText(result, hostWords: provenance.hostWords)
    try finish(
      BenchDocument(suite: .superpages, provenance: provenance, result: result), output,
      page: BenchPage.superpages(text, provenance), text: text.text)
    if result.rows.contains(where: { $0.fault != nil }) { throw ExitCode(1) }
  }

  private func runSpeed(
    _ systems: [BenchmarkSystem], _ absent: [BenchmarkAbsence], _ seed: UInt64, _ output: String?
  ) throws {
    let cases = try cases()
    let provenance = Provenance.ofBench()
    Signals.catchInterrupts()
    let foreign = try plugins.examined(threads: cases.map(\.threads).max() ?? 1, seed: seed)
    let run = BenchmarkRun(
      systems: BenchChoice.merged(systems, foreign.map(\.system)), cases: cases,
      repetitions: repetitions ?? 5,
      seed: seed)
    var result = try withProgress("\(run.cases.count) cases", run.result)
    result.plugins = foreign.map(\.report)
    result.absent = absent + result.absent
    try finish(
      BenchDocument(suite: .speed, provenance: provenance, result: result), output,
      page: BenchPage.speed(result, provenance),
      text: BenchText(result, hostWords: provenance.hostWords).text)
    if result.rows.contains(where: { !$0.isVerified }) { throw ExitCode(1) }
  }

  /// Writes and prints, also what is there of a run that was stopped.
  func finish(
    _ document: BenchDocument<some Encodable>, _ output: String?, page: FigurePage, text: String
  ) throws {
    if let output { try BenchFolder.write(document, page, to: output) }
    if format.json {
      try OutputFormat.printJSON(document)
    } else {
      print(text)
      if let output { print("\n\(output)/report.html") }
    }
  }

  private func cases() throws(CLIError) -> [BenchmarkCase] {
    let patterns = try BenchChoice.patterns(patterns ?? "bulk,repeat,random,churn")
    let orders = try BenchChoice.numbers("--orders", orders ?? "0,9", in: 0...10)
    let threads = try BenchChoice.numbers("--threads", threads ?? "1", in: 1...256)
    let sizes = try BenchChoice.sizes(memory ?? "8GiB")
    let starts = try BenchChoice.starts(start ?? "fresh")
    var cases: [BenchmarkCase] = []
    for size in sizes {
      for start in starts {
        for count in threads {
          for order in orders {
            for pattern in patterns {
              let plan = BenchmarkCase(
                pattern, order: order, threads: count, memory: size, start: start)
              if let obstacle = plan.obstacle { throw .badInput("--memory: \(obstacle)") }
              cases.append(plan)
            }
          }
        }
      }
    }
    return cases
  }
}
