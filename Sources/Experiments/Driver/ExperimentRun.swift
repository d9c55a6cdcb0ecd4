internal import Aging
internal import Fragmentation
internal import MemoryUnits
public import Results
public import TraceFormats

/// An experiment that is about to run: the recording is loaded and all defaults are decided.
public struct ExperimentRun: Sendable {
  public let experiment: Experiment
  public let trace: HeapTrace
  public let configuration: Configuration
  public let workload: Workload
  /// The recording with which memory is aged, of the machine's size, and its checksum; nil where no
  /// recording ages it.
  let churn: RecordedChurn?
  let churnChecksum: String?

  /// Loads the recording and fills in what depends on it.
  /// - Throws: `TraceError` when the recording cannot be read, `ExperimentError` when it is empty.
  public init(_ experiment: Experiment) throws {
    self.experiment = experiment
    trace = try HeapTrace.load(path: experiment.recordingPath)
    guard !trace.records.isEmpty else {
      throw ExperimentError(
        path: experiment.recordingPath, message: "holds no heap events; nothing to replay")
    }
    let livePeak = trace.livePeakBytes
    let machine =
      experiment.machine
      ?? Experiment.fittingMachine(livePeakBytes: livePeak, instances: experiment.instances)
    let schedule = HeapSchedule(
      spanNs: trace.spanNs, instances: experiment.instances, seed: experiment.seed,
      durationNs: experiment.durationNs, samples: experiment.samples)
    configuration = Configuration(
      name: experiment.name, title: experiment.title, machineBytes: UInt64(machine.rawValue),
      instances: experiment.instances, seed: experiment.seed,
      repetitions: experiment.repetitions ?? (experiment.instances == 1 ? 1 : 3),
      touch: experiment.touch.description, durationNs: schedule.durationNs,
      sampleCount: experiment.samples)
    let aging = try experiment.age?.trace.map { path in
      (
        try RecordedChurn.load(path: path, filling: machine.frames),
        try FileChecksum.of(path: path)
      )
    }
    churn = aging?.0.churn
    churnChecksum = aging?.1
    workload = Workload(
      recording: experiment.recordingPath.split(separator: "/").last.map(String.init) ?? "",
      checksum: try FileChecksum.of(path: experiment.recordingPath), origin: trace.origin,
      eventCount: UInt64(trace.records.count), spanNs: trace.spanNs, livePeakBytes: livePeak,
      threads: trace.threadCount, caveats: trace.caveats + (aging?.0.caveats ?? []))
  }

  /// When the instances of repetition `index` run.
  func schedule(repetition index: Int) -> HeapSchedule {
    HeapSchedule(
      spanNs: trace.spanNs, instances: configuration.instances, seed: seed(repetition: index),
      durationNs: experiment.durationNs, samples: configuration.sampleCount)
  }

  /// A frame map costs a step per frame and sample, used or not; beyond this nobody can look at it.
  static let largestMap = ByteCount(64 << 30)

  var drawsFrameMaps: Bool { configuration.machineBytes <= UInt64(Self.largestMap.rawValue) }

  func seed(repetition index: Int) -> UInt64 { configuration.seed &+ UInt64(index) }
}

extension ExperimentRun {
  /// `sqlite-vacuum.fltrace · 2.4 M heap events · live peak 212 MiB × 12 instances on an 8GiB machine`
  public var headline: String {
    let millions = Double(workload.eventCount) / 1e6
    let events =
      workload.eventCount < 100_000
      ? "\(workload.eventCount)" : "\(Double(Int(millions * 10 + 0.5)) / 10) M"
    let peak = ByteCount(Int(workload.livePeakBytes)).rounded
    let count = configuration.instances == 1 ? "" : " × \(configuration.instances) instances"
    return
      "\(workload.recording) · \(events) heap events · live peak \(peak)\(count) on a machine of "
      + "\(ByteCount(Int(configuration.machineBytes)))"
  }
}
