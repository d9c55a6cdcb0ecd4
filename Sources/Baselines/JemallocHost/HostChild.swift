internal import Foundation

/// A running JemallocHost.
final class HostChild {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  /// Read and not yet handed out.
  private var buffer = Data()

  /// - Parameter request: its only argument. Not through a pipe: a child that dies at once would end
  ///   this process by SIGPIPE.
  init(executable: String, request: Data, environment: [String: String]) throws {
    process.arguments = [String(decoding: request, as: UTF8.self)]
    process.executableURL = URL(filePath: executable)
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw SimulatedJemallocError("\(executable) cannot be started: \(error)")
    }
  }

  deinit { terminate() }

  /// The next line of its standard output without the line feed; nil at the end.
  func nextLine() -> Data? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Data(buffer[..<end])
        buffer.removeSubrange(...end)
        return line
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { return nil }
      buffer.append(more)
    }
  }

  /// Waits for its end; nil when it went well, else what happened, with the last words it said.
  func wait() -> String? {
    // Never more than a few lines, so the pipe cannot have filled up while its output was read.
    let words = (try? errors.fileHandleForReading.readToEnd()) ?? nil
    process.waitUntilExit()
    let status = process.terminationStatus
    if process.terminationReason == .exit, status == 0 { return nil }
    let ending =
      process.terminationReason == .exit
      ? "ended with status \(status)" : "was ended by signal \(status)"
    let said = String(decoding: words ?? Data(), as: UTF8.self).split(separator: "\n").last
    return said.map { "\(ending): \($0)" } ?? ending
  }

  func terminate() {
    if process.isRunning { process.terminate() }
  }
}
