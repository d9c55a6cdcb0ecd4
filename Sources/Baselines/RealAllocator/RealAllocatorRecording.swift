internal import Foundation
public import TraceFormats

/// A recording made ready for child processes: the flat file that every driver maps, and the times at
/// which it samples. Made once for all systems of a repetition.
public struct RealAllocatorRecording: Sendable {
  let file: FlatHeapFile
  /// The flat file has no name; this opens it as long as this process holds it.
  public var path: String {
    "/proc/\(ProcessInfo.processInfo.processIdentifier)/fd/\(file.descriptor)"
  }
  let sampleTimesNs: [UInt64]
  let instances: Int

  /// The most samples that a pass takes when it stands for several instances, each of which looks at
  /// it at times of its own: a sample costs about a millisecond.
  static let samplesPerPass = 512

  /// - Parameters:
  ///   - schedule: a single instance is sampled at its sampling times. Several instances share one
  ///     measured pass, sampled where they stand at the sampling times or, when that is more than
  ///     `samplesPerPass` times, at so many points from its start to its end.
  /// - Throws: `TraceError` when the temporary folder (TMPDIR) has no room for the flat file.
  public init(_ trace: HeapTrace, schedule: HeapSchedule, touch: TouchModel) throws {
    instances = schedule.instances
    // Nothing that comes after the last sample of a single instance can be seen.
    var lastNs: UInt64?
    if schedule.instances == 1 {
      lastNs = schedule.sampleTimesNs.last
      sampleTimesNs = schedule.sampleTimesNs
    } else {
      sampleTimesNs = InstanceFold.sampleTimes(for: schedule, limit: Self.samplesPerPass)
    }
    file = try FlatHeapFile(
      trace, until: lastNs, sampleTimesNs: sampleTimesNs, touch: touch,
      folder: NSTemporaryDirectory())
  }
}
