internal import MemoryUnits

/// When the instances of a recording run, to fill a machine with N copies of one program.
///
/// Instance 0 starts at time 0, the others at seeded offsets, uniform over one span. An instance
/// that comes to its end exits and starts over, so that from one span on all of them are running,
/// each somewhere else in the recording. A single instance runs once and keeps what it never freed.
@frozen
public struct HeapSchedule: Sendable, Hashable {
  /// Start of each instance, ns.
  public let offsetsNs: [UInt64]
  /// Length of one pass, at least 1 ns.
  public let spanNs: UInt64
  /// Length of the run, ns.
  public let durationNs: UInt64
  /// Sampling points, ns, ascending, the last one at the end of the run.
  public let sampleTimesNs: [UInt64]

  /// - Parameter durationNs: nil for the default: one span for a single instance, two for more.
  public init(
    spanNs: UInt64, instances: Int, seed: UInt64, durationNs: UInt64? = nil, samples: Int
  ) {
    let span = max(spanNs, 1)
    var generator = SplitMix64(seed: seed)
    self.spanNs = span
    self.offsetsNs = (0..<instances).map { $0 == 0 ? 0 : generator.next(upperBound: span) }
    let duration = durationNs ?? (instances == 1 ? span : 2 * span)
    self.durationNs = duration
    let count = UInt64(max(samples, 1))
    self.sampleTimesNs = (1...count).map {
      duration / count * $0 + duration % count * $0 / count
    }
  }

  @inlinable
  public var instances: Int { offsetsNs.count }

  /// Whether an instance that ended starts over.
  @inlinable
  public var restarts: Bool { instances > 1 }
}
