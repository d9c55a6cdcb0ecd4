internal import Foundation
internal import MemoryUnits
public import Results
internal import VirtualMemory

extension ExperimentRun {
  /// What a finished or stopped run leaves.
  public struct Outcome: Sendable {
    public var result: RunResult
    /// The sealed result folder.
    public var path: String
  }

  /// Runs all repetitions of all systems, or those that an earlier run left, and seals the result.
  ///
  /// Repetitions are the outer loop, so that what drifts on the host meets every system alike. A
  /// system that cannot run or fails is reported and left out, the others go on. An interrupted run
  /// is sealed as far as it came and says what is missing.
  ///
  /// - Parameter programs: where the programs are that run as child processes.
  /// - Parameter report: writes what belongs beside `result.json`, given the result and the folder
  ///   before it gets its final name.
  /// - Throws: `ResultError` when the folder cannot be written; `ExperimentError` when no system
  ///   could run.
  public func execute(
    in folder: ResultFolder, programs: ChildPrograms, provenance: Provenance,
    events: inout some RunEvents,
    report: (RunResult, ResultFolder) throws -> Void
  ) throws -> Outcome {
    var plan = RunPlan(run: self, folder: folder)
    let catalog = SystemCatalog(self, programs)
    for name in experiment.systems {
      do {
        plan.systems.append(try catalog.system(name))
      } catch {
        events.skipped(name, because: "\(error)")
      }
    }
    var interrupted = false
    rounds: for index in 0..<configuration.repetitions {
      for system in plan.systems where !plan.failed.contains(system.name) {
        interrupted = interrupted || events.isInterrupted()
        if interrupted { break rounds }
        interrupted = try !plan.run(system, index, &events)
      }
    }
    var result = plan.result(provenance: provenance, wasInterrupted: interrupted)
    // Before the report is written, so that `framelab report` makes the same page again.
    result.fingerprint = folder.fingerprint
    guard interrupted || !result.systems.filter({ $0.kind != .recorded }).isEmpty else {
      throw ExperimentError(
        path: experiment.recordingPath, message: "none of the systems could run on this host")
    }
    try report(result, folder)
    return Outcome(result: result, path: try folder.seal(result))
  }

  /// What a report says of memory that was not empty at the start.
  var agingProperties: [String] {
    guard let age = experiment.age else { return [] }
    return [
      "Memory was fragmented on purpose before the first record (\(age)); what that keeps in use is "
        + "not counted as held."
    ]
  }

  /// What equal results depend on: the configuration, the recording, the systems and the version.
  public func fingerprint(version: String) -> String {
    let systems = experiment.systems.map(\.rawValue).joined(separator: ",")
    return [
      version, workload.checksum, configuration.name, configuration.title,
      "\(configuration.machineBytes)", "\(configuration.instances)", "\(configuration.seed)",
      "\(configuration.repetitions)", configuration.touch, "\(configuration.durationNs)",
      "\(configuration.sampleCount)", "\(experiment.minFreeKilobytes ?? -1)",
      "\(experiment.watermarkScaleFactor)", experiment.allocator.rawValue,
      experiment.age.map { "\($0)" } ?? "", churnChecksum ?? "", systems,
    ].joined(separator: "|")
  }
}
