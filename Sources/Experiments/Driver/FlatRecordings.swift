internal import Baselines

/// The flat file of a run's recording for child processes. Each repetition has one of its own, since
/// its instances stand elsewhere at the sampling times; the last one made is kept, because the systems
/// of a repetition run one after the other.
final class FlatRecordings {
  private let run: ExperimentRun
  private var last: (index: Int, recording: RealAllocatorRecording)?

  init(_ run: ExperimentRun) { self.run = run }

  /// - Throws: `TraceError` when the temporary folder has no room for it.
  func recording(repetition index: Int) throws -> RealAllocatorRecording {
    if let last, last.index == index { return last.recording }
    last = nil
    let made = try RealAllocatorRecording(
      run.trace, schedule: run.schedule(repetition: index), touch: run.experiment.touch)
    last = (index, made)
    return made
  }
}
