internal import Glibc

/// A child process that is asked line by line and answers line by line.
package final class ChildDialogue {
  package enum Answer: Sendable {
    case line([UInt8])
    case ended(ProgramExit)
    /// It said nothing in time; it still runs.
    case silence
  }

  private let process: ChildProcess
  /// Our end of its standard input.
  private let input: Int32

  /// As `ChildProcess.init`.
  package init(
    path: String, arguments: [String], environment: [String: String]
  ) throws(HostError) {
    var ends: [Int32] = [-1, -1]
    // SAFETY: the kernel writes two descriptors. A pair of sockets: writing to a child that is gone
    // can be had without SIGPIPE.
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw HostError(.lacksFacility, "no pipe to a child process: too many open files")
    }
    input = ends[1]
    do {
      process = try ChildProcess(
        path: path, arguments: arguments, environment: environment, input: ends[0])
    } catch {
      close(ends[0])
      close(ends[1])
      throw error
    }
    close(ends[0])
  }

  deinit { close(input) }

  /// Sends a line and waits for one. What a child that ended did not read is lost.
  package func ask(_ line: [UInt8], patience: Duration) -> Answer {
    var rest = line[...] + [UInt8(ascii: "\n")]
    while !rest.isEmpty {
      // SAFETY: the kernel reads at most the bytes that are there.
      let sent = unsafe rest.withUnsafeBytes { bytes in
        unsafe send(input, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      if sent < 0, errno == EINTR { continue }
      if sent <= 0 { break }
      rest = rest.dropFirst(sent)
    }
    return next(patience: patience)
  }

  /// The next line, within the time.
  private func next(patience: Duration) -> Answer {
    let deadline = ContinuousClock.now + patience
    while true {
      switch process.next(waiting: 200) {
      case .line(let line): return .line(line)
      case .ended(let exit): return .ended(exit)
      case .silence: if ContinuousClock.now >= deadline { return .silence }
      }
    }
  }

  package func kill() { process.kill() }

  /// The last line that it wrote to standard error, empty when there is none.
  package var lastWords: String { process.lastWords }
}
