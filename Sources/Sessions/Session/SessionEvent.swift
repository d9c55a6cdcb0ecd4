public import VirtualMemory

/// An event of a session's machine in the words of the session.
public struct SessionEvent: Sendable {
  public var event: MachineEvent
  /// One word for the kind: `page-fault`.
  public var name: String
  /// The particulars: `A write of x+0x1000`.
  public var words: String
  /// What the task is called.
  public var task: String?
}
