internal import Foundation
internal import Glibc
internal import Results
internal import TraceFormats

extension HostRun {
  /// The whole run as a repetition; `progress` is told the share done after every sample.
  func measured(progress: (Double) -> Void) throws -> Repetition {
    var repetition = Repetition(seed: request.seed)
    var frameMap = request.frameMapPath.map { _ in FrameMapRecorder(self) }
    let start = Self.now(CLOCK_MONOTONIC)
    let startCPU = Self.now(CLOCK_PROCESS_CPUTIME_ID)
    try run { timeNs in
      repetition.samples.append(sample(timeNs: timeNs))
      frameMap?.add(timeNs: timeNs, self)
      progress(Double(repetition.samples.count) / Double(schedule.sampleTimesNs.count))
    }
    if let last = repetition.samples.indices.last {
      repetition.samples[last].availability = availability()
    }
    repetition.counters = counters()
    repetition.statistics = try statistics()
    repetition.vmstat = vmstat()
    repetition.timing = Timing(
      wallNs: Self.now(CLOCK_MONOTONIC) - start,
      cpuNs: Self.now(CLOCK_PROCESS_CPUTIME_ID) - startCPU,
      records: repetition.counters["records"] ?? 0)
    if let path = request.frameMapPath, let data = frameMap?.finish() {
      let file = URL(fileURLWithPath: path)
      try data.write(to: file)
      repetition.frameMap = file.lastPathComponent
    }
    return repetition
  }

  private static func now(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
