internal import TraceFormats

/// What came of recording a command.
public struct HeapRecording: Hashable, Sendable {
  /// One per process image that used its heap, in the order in which they started.
  public var files: [HeapRecordingFile]
  /// How the command ended; nil when the recording was ended before it did.
  public var exit: ProgramExit?

  public var events: UInt64 { files.reduce(0) { $0 + $1.events } }
}
