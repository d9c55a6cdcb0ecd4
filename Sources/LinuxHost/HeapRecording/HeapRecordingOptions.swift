/// What to record, and where to.
public struct HeapRecordingOptions: Sendable {
  /// Name or path of the program, and its arguments.
  public var command: [String]
  /// The file of the first process, of its program with the most events where it executed several;
  /// the others get `.2`, `.3`, ... before the extension, in the order in which they started.
  public var output: String
  /// Path of libframelab-heap.so.
  public var library: String
  /// Whether the command line goes into the recording, which is off unless asked: it can hold
  /// secrets.
  public var includesCommand = false
  /// Where the shared files live while the program runs.
  public var sharedFolder = "/dev/shm"

  /// When framelab does nothing for so long, a program that cannot see its lock (it changed its root or
  /// user, or has no descriptors left) takes it for gone and stops recording, ns.
  package var patienceNs: UInt64 = 10_000_000_000

  public init(command: [String], output: String, library: String) {
    self.command = command
    self.output = output
    self.library = library
  }

  /// The file of the `number`th process, from 1.
  package func path(number: Int) -> String {
    if number == 1 { return output }
    let start = output.lastIndex(of: "/").map { output.index(after: $0) } ?? output.startIndex
    guard let dot = output[start...].lastIndex(of: "."), dot > start else {
      return "\(output).\(number)"
    }
    return "\(output[..<dot]).\(number)\(output[dot...])"
  }
}
