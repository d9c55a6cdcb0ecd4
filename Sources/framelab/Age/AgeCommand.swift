import Aging
import ArgumentParser
import Foundation
import Fragmentation
import MemoryUnits
import VirtualMemory

/// `framelab age`: memory that is fragmented on purpose, to a chosen degree.
struct AgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "age",
    abstract: "Fragment memory on purpose, reproducibly and to a chosen degree.",
    usage: "framelab age [<options>] [--host [-- <command> ...]]",
    discussion: """
      A program takes all memory of a simulated machine, keeps some pages and frees the others, \
      so that the chosen share of free memory is of no use for pages of 2 MiB. The same seed \
      gives the same memory. What was asked and what was reached are both told.

        transhuge-stress  one page in 512 is kept (Linux selftests, 2014)
        frag              three quarters of every 2 MiB are freed (Gupta, proactive compaction)
        random-half       a random half is freed (LLFree, ATC 2023)
        page-cache        a random half is kept as clean file pages (Ingens, HawkEye)
        recorded-churn    programs of a heap recording (--trace) fill memory and free it, again \
      and again; who hands out frames decides where what stays lies

        framelab age --unusable 60% --unmovable 5%
        framelab age --method random-half --unusable .9 --free 30% --memory 64GiB --json
        framelab age --method recorded-churn --trace Workloads/clang.fltrace --allocator linux-6.18

      With --host a child process takes memory of this host in the same way, by madvise, and locks \
      its unmovable share by mlock; it holds it while a command runs, or until Ctrl-C. Linux \
      moves locked pages when it compacts unless vm.compact_unevictable_allowed is 0. recorded-churn \
      is for simulated machines: where Linux puts what a child takes is not for the child to choose.

        sudo framelab age --host --memory 4GiB --unusable 80% -- ./my-benchmark
      """)

  @OptionGroup var options: AgeOptions

  @Option(
    help: ArgumentHelp(
      "Who hands out the machine's frames: \(Self.allocators).", valueName: "name"),
    transform: Self.allocator)
  var allocator = MachineConfiguration.Allocator.listBuddy

  @Flag(name: .long, help: "Fragment memory of this host, while a command runs or until Ctrl-C.")
  var host = false

  @OptionGroup var format: OutputFormat

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("With --host: what runs meanwhile.", valueName: "command"))
  var command: [String] = []

  func run() throws {
    if host {
      if options.method == .recordedChurn {
        throw CLIError.badInput(
          "--method recorded-churn: for simulated machines only; expected another method "
            + "with --host")
      }
      return try HostAging(options: options).run(command, show)
    }
    guard command.isEmpty else {
      throw CLIError.badInput("a command runs only with --host; see 'framelab age --help'")
    }
    var configuration = MachineConfiguration(memory: options.memory, keepsContents: false)
    configuration.allocator = allocator
    let recorded = try options.trace.map { path in
      try RecordedChurn.load(path: path, filling: options.memory.frames)
    }
    var machine = Machine(configuration)
    let report: AgingReport
    do {
      if let churn = recorded?.churn {
        report = try machine.age(by: churn, options.goal, seed: options.seed)
      } else {
        report = try machine.age(options.method, options.goal, seed: options.seed)
      }
    } catch {
      throw CLIError.badInput("--memory \(options.memory): \(error); choose more memory")
    }
    var answer = AgeAnswer(report, memory: allocator.rawValue, trace: options.trace)
    answer.caveats = recorded?.caveats ?? []
    try show(answer)
  }

  private func show(_ answer: AgeAnswer) throws {
    let text = format.json ? try OutputFormat.text(answer) : answer.text
    // Not print, which keeps it back in a pipe: what the command prints stands below it.
    try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
  }

  private static var allocators: String {
    MachineConfiguration.Allocator.allCases.map(\.rawValue).joined(separator: ", ")
  }

  private static func allocator(_ text: String) throws -> MachineConfiguration.Allocator {
    if let allocator = MachineConfiguration.Allocator(rawValue: text) { return allocator }
    throw ValidationError("'\(text)' is no allocator; expected \(allocators)")
  }
}
