import Foundation

/// Standard error, for messages to the person; results go to standard output.
enum StandardError {
  static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// A remark that does not stop the command: `framelab: note: ...`.
  static func note(_ text: String) {
    write("framelab: note: \(text)\n")
  }
}
