import Experiments

/// Shows a run on the terminal: one bar per system, one note per system that was left out.
struct RunProgress: RunEvents {
  private let progress: Progress
  private let bars: [SystemName: Progress.Bar]

  init(_ run: ExperimentRun) {
    let progress = Progress(title: run.headline)
    self.progress = progress
    var bars: [SystemName: Progress.Bar] = [:]
    for system in run.experiment.systems { bars[system] = progress.bar(system.rawValue) }
    self.bars = bars
  }

  mutating func progress(of system: SystemName, fraction: Double) {
    bars[system]?.update(fraction)
  }

  mutating func skipped(_ system: SystemName, because reason: String) {
    bars[system]?.finish()
    StandardError.note("\(system.rawValue) is left out: \(reason)")
  }

  func isInterrupted() -> Bool { Signals.isInterrupted }

  func end() { progress.end() }
}
