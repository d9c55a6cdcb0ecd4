internal import Foundation
internal import Results

/// The systems of a run that can run here, and what they have yielded so far.
struct RunPlan {
  let run: ExperimentRun
  let folder: ResultFolder
  var systems: [any SystemUnderTest] = []
  /// Systems that failed in the middle: their repetitions before that do not count.
  private(set) var failed: Set<SystemName> = []

  init(run: ExperimentRun, folder: ResultFolder) {
    self.run = run
    self.folder = folder
  }

  /// Runs one repetition unless the folder has it; false when it was interrupted.
  mutating func run(
    _ system: any SystemUnderTest, _ index: Int, _ events: inout some RunEvents
  ) throws -> Bool {
    let name = system.name.rawValue
    let count = Double(run.configuration.repetitions)
    defer { events.progress(of: system.name, fraction: Double(index + 1) / count) }
    if folder.hasRepetition(system: name, index: index) { return true }
    do {
      // The closures run while `repetition` does, so a copy that is written back keeps their effect.
      let box = EventBox(events)
      defer { events = box.events }
      let context = RepetitionContext(
        progress: { box.events.progress(of: system.name, fraction: (Double(index) + $0) / count) },
        isInterrupted: { box.events.isInterrupted() },
        frameMap: system.hasFrames && index == 0 && run.drawsFrameMaps ? frameMap(name, index) : nil
      )
      let repetition = try system.repetition(index, context)
      try folder.store(repetition, system: name, index: index)
      return true
    } catch is CancellationError {
      return false
    } catch let error as ResultError {
      throw error
    } catch {
      failed.insert(system.name)
      events.skipped(system.name, because: "\(error)")
      return true
    }
  }

  private func frameMap(_ system: String, _ index: Int) -> (path: String, name: String) {
    let name = ResultFolder.frameMapName(system: system, index: index)
    return (folder.path(of: name), name)
  }

  /// All that the folder has, and what is missing.
  func result(provenance: Provenance, wasInterrupted: Bool) -> RunResult {
    var runs: [SystemRun] = []
    var missing: [String: [Int]] = [:]
    for system in systems where !failed.contains(system.name) {
      let name = system.name.rawValue
      var entry = SystemRun(
        name: name, title: system.title, kind: system.kind, properties: system.properties)
      for index in 0..<run.configuration.repetitions {
        if let repetition = folder.repetition(system: name, index: index) {
          entry.repetitions.append(repetition)
        } else {
          missing[name, default: []].append(index)
        }
      }
      if !entry.repetitions.isEmpty { runs.append(entry) }
    }
    if var recorded = RecordedSystem(run)?.systemRun {
      // Beside the others it has their repetitions: a mean over other seeds would compare nothing.
      let finished = runs.map { Set($0.repetitions.map(\.seed)) }
      let common = finished.dropFirst().reduce(finished.first ?? []) { $0.intersection($1) }
      recorded.repetitions.removeAll { !common.contains($0.seed) }
      if !recorded.repetitions.isEmpty { runs.append(recorded) }
    }
    return RunResult(
      provenance: provenance, configuration: run.configuration, workload: run.workload,
      systems: runs,
      incomplete: wasInterrupted
        ? RunResult.Incomplete(reason: "interrupted", missing: missing) : nil)
  }
}

/// Lets closures change the receiver of events.
private final class EventBox<Events: RunEvents> {
  var events: Events
  init(_ events: Events) { self.events = events }
}
