import MemoryUnits
import PageFrames

/// An allocator that takes part: its name on the command line, its title in tables, and how one
/// repetition of a case is measured.
public struct BenchmarkSystem: Sendable {
  public let name: String
  public let title: String
  /// The case that is measured where this one is asked for: a smaller one, on systems that touch the
  /// memory they manage.
  package let adapt: @Sendable (BenchmarkCase) -> BenchmarkCase
  /// Why a case cannot be run on it, in words; nil when it can.
  package let obstacle: @Sendable (BenchmarkCase) -> String?
  /// Whether it is left out of the tables, and named below them, where the host lacks what it needs.
  package var mayBeAbsent = false
  /// What the row's figure asks of the hardware; nil where that is not known.
  package let demand: @Sendable (BenchmarkCase) -> FloorDemand?
  /// One repetition. Throws `BenchmarkFault`.
  package let measure: @Sendable (BenchmarkCase, _ seed: UInt64) throws -> Repetition
  /// One repetition of the recovery experiment, where the system can take part.
  package let recover: (@Sendable (RecoveryCase, _ seed: UInt64) throws -> RecoveryRepetition)?

  package init(
    _ name: String, title: String,
    adapt: @escaping @Sendable (BenchmarkCase) -> BenchmarkCase = { $0 },
    obstacle: @escaping @Sendable (BenchmarkCase) -> String? = { $0.obstacle },
    demand: @escaping @Sendable (BenchmarkCase) -> FloorDemand? = { _ in nil },
    recover: (@Sendable (RecoveryCase, UInt64) throws -> RecoveryRepetition)? = nil,
    measure: @escaping @Sendable (BenchmarkCase, UInt64) throws -> Repetition
  ) {
    self.name = name
    self.title = title
    self.adapt = adapt
    self.obstacle = obstacle
    self.demand = demand
    self.recover = recover
    self.measure = measure
  }
}

extension BenchmarkCase {
  /// Frames from 0 on, as many as the case has bytes for.
  var range: FrameRange { FrameRange(start: FrameNumber(0), count: frames) }
}
