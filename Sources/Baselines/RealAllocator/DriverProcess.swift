internal import Foundation
internal import Synchronization

/// A running heap-driver: its lines as they come, and how it ended. It is killed when this object
/// goes away, and ends by itself at its next line when this process does.
final class DriverProcess {
  /// What is known of the output so far.
  private struct Output {
    var partial: [UInt8] = []
    var lines: [[UInt8]] = []
    var errors: [UInt8] = []
    /// Standard output, standard error and the process itself.
    var open = 3
  }

  enum Event {
    case line([UInt8])
    /// All output was read and the process is gone.
    case ended
    /// Nothing came in the time that was waited.
    case silence
  }

  private let process = Process()
  private let output: Shared

  /// Starts `path` with `arguments`, `environment` and nothing else in it, reading `input`.
  init(
    path: String, arguments: [String], environment: [String: String], input: CInt?
  ) throws {
    let shared = Shared()
    output = shared
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    process.standardInput =
      input.map { FileHandle(fileDescriptor: $0, closeOnDealloc: false) } ?? FileHandle.nullDevice
    let lines = Pipe()
    let errors = Pipe()
    process.standardOutput = lines
    process.standardError = errors
    lines.fileHandleForReading.readabilityHandler = { handle in
      shared.take(handle, isError: false)
    }
    errors.fileHandleForReading.readabilityHandler = { handle in
      shared.take(handle, isError: true)
    }
    process.terminationHandler = { _ in shared.close() }
    do {
      try process.run()
    } catch {
      lines.fileHandleForReading.readabilityHandler = nil
      errors.fileHandleForReading.readabilityHandler = nil
      throw error
    }
  }

  deinit { stop() }

  /// The next thing that happens within `seconds`.
  func next(waiting seconds: Double) -> Event { output.next(waiting: seconds) }

  /// Ends the process at once, whatever it is doing.
  func stop() {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// How it ended, after `.ended`: nil for success, else in words.
  var failure: String? {
    let code = process.terminationStatus
    if process.terminationReason == .uncaughtSignal {
      return code == SIGKILL
        ? "its process was killed, as happens when memory runs out"
        : "its process crashed with signal \(code)"
    }
    if code == 0 { return nil }
    let message = output.errorText.split(separator: "\n").last.map(String.init)
    return message ?? "its process ended with exit code \(code)"
  }

  /// What the handlers on other threads write and the reader takes.
  private final class Shared: Sendable {
    private let state = Mutex(Output())
    private let news = DispatchSemaphore(value: 0)

    func take(_ handle: FileHandle, isError: Bool) {
      let data = handle.availableData
      if data.isEmpty {
        handle.readabilityHandler = nil
        close()
        return
      }
      state.withLock { output in
        if isError {
          output.errors += data
          return
        }
        var rest = output.partial + data
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          output.lines.append(Array(rest[..<end]))
          rest.removeSubrange(...end)
        }
        output.partial = rest
      }
      news.signal()
    }

    func close() {
      state.withLock { $0.open -= 1 }
      news.signal()
    }

    func next(waiting seconds: Double) -> Event {
      let deadline = DispatchTime.now() + seconds
      while true {
        let event: Event? = state.withLock { output in
          if !output.lines.isEmpty { return .line(output.lines.removeFirst()) }
          return output.open == 0 ? .ended : nil
        }
        if let event { return event }
        if news.wait(timeout: deadline) == .timedOut { return .silence }
      }
    }

    var errorText: String {
      state.withLock { String(decoding: $0.errors, as: UTF8.self) }
    }
  }
}
