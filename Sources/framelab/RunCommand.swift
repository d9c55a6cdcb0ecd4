import ArgumentParser
import Experiments
import Foundation
import Reporting
import Results

/// `framelab run`: an experiment file in, a result folder with a report out.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Replay a recording through several memory systems and report on fragmentation.",
    usage: "framelab run <file> [--set <key=value> ...] [<options>]",
    discussion: """
      The experiment file says which recording, how many instances of it, how large a machine and \
      which systems; Workloads/EXPERIMENTS.md explains every key. The smallest file is one line:

        recording: sqlite-vacuum.fltrace

      The result is one folder: result.json and report.html, a page that works offline. A run that \
      was killed goes on where it stopped when it is started again; Ctrl-C seals what is finished.

        framelab run Workloads/quickstart.yaml
        framelab run Workloads/quickstart.yaml --set machine=4GiB --set systems=list-buddy
        framelab run trial.yaml --output results/trial --resume
      """)

  @Argument(help: "The experiment file, in YAML.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Replace a value of the experiment file: any of its keys.", valueName: "key=value"))
  var set: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The result folder; a result of that name is replaced (default: a dated folder in "
        + "Reports/runs in a checkout, in framelab-runs elsewhere).", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The allocator of simulated machines: linux-6.6, linux-6.12, linux-6.18, contiguitas or "
        + "superpageblocks, with settings as in linux-6.18,defrag_mode=1; short for --set allocator=...",
      valueName: "policy"))
  var policy: String?

  @Flag(help: "Go on with a run that was stopped; an error when there is none.")
  var resume = false

  @Flag(help: "Print what the kernel of the simulated machine counted, by Linux's names.")
  var vmstat = false

  @OptionGroup var format: OutputFormat

  func run() async throws {
    let experiment = try Experiment(
      contentsOf: file, overrides: set + (policy.map { ["allocator=\($0)"] } ?? []))
    let run = try ExperimentRun(experiment)
    let place = ResultPlace(output: output, name: run.configuration.name)
    let folder = try ResultFolder.open(
      parent: place.parent, name: place.name,
      fingerprint: run.fingerprint(version: Version.text),
      resumption: resume ? .required : .whenPossible,
      existing: output == nil ? .keep : .replace)
    if let aside = folder.movedAside {
      StandardError.note("another run's files are now in \(aside)")
    }

    Signals.catchInterrupts()
    var events = RunProgress(run)
    let outcome = try run.execute(
      in: folder, programs: ChildPrograms(find: Executable.requiredCompanion),
      provenance: .here(), events: &events
    ) { try ReportPage.store($0, in: $1) }
    events.end()
    let page = outcome.path + "/report.html"
    if format.json {
      try OutputFormat.printJSON(RunSummary(outcome, page: page, hasVmstat: vmstat))
    } else {
      if vmstat { print(VmstatTable(outcome.result).text) }
      ReportPage.print(Report([try Report.Source.read(outcome.path)]), path: page)
    }
  }
}
