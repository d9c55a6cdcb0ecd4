/// A line of the timeline: a thread of a process, as viewers call them. Here a process is a machine or
/// a program, a thread a simulated core or a daemon.
public struct TimelineTrack: Hashable, Sendable {
  public var process: Int
  public var thread: Int

  public init(process: Int, thread: Int) {
    self.process = process
    self.thread = thread
  }
}
