import Experiments
import Results

/// What `framelab run --json` prints: where the result is, and the figures of every system. All
/// samples are in result.json.
struct RunSummary: Encodable {
  struct System: Encodable {
    var name: String
    var title: String
    var kind: SystemKind
    var summary: SystemSummary?
    /// Of the first repetition, with --vmstat.
    var vmstat: [String: UInt64]?
  }

  var result: String
  var report: String
  /// What an interrupted run left out.
  var incomplete: RunResult.Incomplete?
  var systems: [System]

  init(_ outcome: ExperimentRun.Outcome, page: String, hasVmstat: Bool) {
    result = outcome.path
    report = page
    incomplete = outcome.result.incomplete
    systems = outcome.result.systems.map {
      System(
        name: $0.name, title: $0.title, kind: $0.kind, summary: $0.summary,
        vmstat: hasVmstat ? $0.repetitions.first?.vmstat : nil)
    }
  }
}
