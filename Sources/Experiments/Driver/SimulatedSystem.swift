internal import Baselines
internal import Results
internal import TraceFormats
internal import VirtualMemory

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
      + overWhat
  }

  var properties: [String] {
    let common = jemalloc.properties + run.agingProperties
    switch run.experiment.allocator {
    case .listBuddy: return common
    case .rowBuddy:
      return common + ["The machine's frames come from RowBuddy, not from Linux's buddy."]
    case .linux:
      let policy = run.experiment.allocator.rawValue
      return common + ["The machine's frames come from the model of Linux, \(policy)."]
    }
  }

  private var overWhat: String {
    switch run.experiment.allocator {
    case .listBuddy: ""
    case .rowBuddy: " over RowBuddy"
    case .linux: " over \(run.experiment.allocator.rawValue)"
    }
  }

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
