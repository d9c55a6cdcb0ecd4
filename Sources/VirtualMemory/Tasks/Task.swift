public import MemoryUnits

/// Names a task: its pid.
@frozen
public struct TaskID: RawRepresentable, Hashable, Sendable {
  public let rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }
}

extension TaskID: CustomStringConvertible {
  public var description: String { "\(rawValue)" }
}

/// A process (Linux's task_struct, as far as memory is concerned).
public struct Task: Sendable {
  public let id: TaskID
  public internal(set) var parent: TaskID?
  public internal(set) var state: State = .running
  public internal(set) var space: SpaceID
  /// Signals raised and not taken yet, oldest first.
  public internal(set) var pending: [Signal] = []
  /// Open files by descriptor.
  public internal(set) var openFiles = OpenFileTable()
  /// The first frame of its kernel stack of 16 KiB.
  public internal(set) var kernelStack: FrameNumber?
  /// oom_score_adj, -1000...1000.
  public var oomScoreAdjustment = 0
  public internal(set) var name = ""

  public enum State: Hashable, Sendable {
    case running
    case exited(status: Int32)
    case killed(Signal)
  }
}
