internal import Baselines
internal import Results
internal import TraceFormats

/// `jemalloc-simulated`: jemalloc over simulated frames, one JemallocHost per repetition.
struct SimulatedSystem: SystemUnderTest {
  let run: ExperimentRun
  let name: SystemName
  private let jemalloc: SimulatedJemalloc
  private let recordings: FlatRecordings

  let kind = SystemKind.simulated
  let hasFrames = true

  init(
    _ run: ExperimentRun, _ name: SystemName, executable: String, retain: Bool,
    recordings: FlatRecordings
  ) {
    self.run = run
    self.name = name
    self.recordings = recordings
    jemalloc = SimulatedJemalloc(executable: executable, retain: retain)
  }

  var title: String {
    "jemalloc 5.3.0" + (jemalloc.retain ? "" : " with retain:false") + ", simulated"
      + (isOverRowBuddy ? " over RowBuddy" : "")
  }

  var properties: [String] {
    jemalloc.properties
      + run.agingProperties
      + (isOverRowBuddy ? ["The machine's frames come from RowBuddy, not from Linux's buddy."] : [])
  }

  private var isOverRowBuddy: Bool { run.experiment.allocator == .rowBuddy }

  func repetition(_ index: Int, _ context: RepetitionContext) throws -> Repetition {
    let configuration = run.configuration
    // Held until the child has ended: its file has no name.
    let recording = try recordings.recording(repetition: index)
    defer { withExtendedLifetime(recording) {} }
    var request = JemallocHostRequest(
      recordsPath: recording.path, slotCount: run.trace.slotCount,
      threadCount: run.trace.threadCount, spanNs: run.trace.spanNs,
      machineBytes: configuration.machineBytes, instances: configuration.instances,
      seed: run.seed(repetition: index), durationNs: run.experiment.durationNs,
      samples: configuration.sampleCount, touch: configuration.touch,
      frameMapPath: context.frameMap?.path)
    request.minFreeKilobytes = run.experiment.minFreeKilobytes
    request.watermarkScaleFactor = run.experiment.watermarkScaleFactor
    request.allocator = run.experiment.allocator.rawValue
    request.age = run.experiment.age
    var result = try jemalloc.run(
      request, isCancelled: context.isInterrupted, progress: context.progress)
    result.frameMap = context.frameMap?.name
    return result
  }
}
