/// One opening of a file (Linux's struct file): descriptors that dup and fork made of one another
/// share it, and with it the offset.
public struct OpenFile: Sendable {
  public let file: FileID
  public let mayRead: Bool
  public let mayWrite: Bool
  /// Whether every write goes to the end.
  public let appends: Bool
  /// Where the next read or write begins, in bytes.
  public internal(set) var offset = 0
  /// Descriptors, of all tasks.
  var users = 1
  var readAhead = ReadAhead()
  /// The number of the file's last failure to write that was reported here.
  var reportedFailure: Int

  init(_ file: FileID, _ flags: OpenFlags, reportedFailure: Int) {
    self.file = file
    mayRead = flags.mayRead
    mayWrite = flags.mayWrite
    appends = flags.contains(.append)
    self.reportedFailure = reportedFailure
  }
}

/// Names an opening of a machine.
struct OpenFileID: RawRepresentable, Hashable, Sendable {
  let rawValue: UInt32
}
