/// One finished recording: what `framelab record heap` says of it.
public struct HeapRecordingFile: Hashable, Sendable {
  public var path: String
  public var process: Int32
  /// Whether the image was forked from another one rather than executed.
  public var isFork: Bool
  /// The name of the program as the kernel has it, for the person who recorded; not in the file.
  public var program: String
  public var events: UInt64
  public var lostEvents: UInt64
  public var threads: Int
  public var bytes: UInt64
  public var spanNs: UInt64
}
