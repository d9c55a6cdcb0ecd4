internal import Baselines
internal import Results

/// A real allocator in a child process on this host.
struct RealSystem: SystemUnderTest {
  let run: ExperimentRun
  let name: SystemName
  private let system: RealAllocatorSystem
  private let recordings: FlatRecordings

  let kind = SystemKind.real
  let hasFrames = false

  /// - Throws: `RealAllocatorError` when the allocator is not installed here.
  init(
    _ run: ExperimentRun, _ name: SystemName, _ allocator: RealAllocator,
    driver: String, recordings: FlatRecordings
  ) throws {
    self.run = run
    self.name = name
    self.recordings = recordings
    system = try RealAllocatorSystem(allocator, driver: driver)
  }

  var title: String { system.title }
  var properties: [String] { system.properties(instances: run.configuration.instances) }

  func repetition(_ index: Int, _ context: RepetitionContext) throws -> Repetition {
    try system.measure(
      recordings.recording(repetition: index), schedule: run.schedule(repetition: index),
      seed: run.seed(repetition: index),
      progress: context.progress, isInterrupted: context.isInterrupted)
  }
}
