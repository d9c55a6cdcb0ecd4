internal import Glibc

/// A child process whose output comes line by line while it runs. It is killed and awaited when this
/// object goes away. It has a process group of its own, so that Ctrl-C reaches it through this
/// process alone; when this process dies, the child dies of the pipe at its next line.
package final class ChildProcess {
  package enum Event: Sendable {
    /// A line of its standard output, without the line feed.
    case line([UInt8])
    /// It ended, and all its output was handed out.
    case ended(ProgramExit)
    /// Nothing came in the time that was waited.
    case silence
  }

  private let process: pid_t
  private var output: OutputPipe
  private var errors: OutputPipe
  private var exit: ProgramExit?

  /// Starts the program at `path`, with `environment` and nothing else in its environment, reading
  /// from the open file `input` (nil: no input).
  package init(
    path: String, arguments: [String], environment: [String: String], input: Int32? = nil
  ) throws(HostError) {
    let lines = try PipeEnds()
    let words = try PipeEnds()
    defer {
      close(lines.writing)
      close(words.writing)
    }
    let (child, code) = Self.spawn(
      path, arguments, environment, input: input, output: lines.writing, errors: words.writing)
    output = OutputPipe(descriptor: lines.reading)
    errors = OutputPipe(descriptor: words.reading)
    process = child
    if code != 0 {
      exit = .exited(127)
      // SAFETY: strerror returns a C string that is copied at once.
      let reason = unsafe String(cString: strerror(code))
      throw HostError(
        code == ENOENT ? .commandNotFound : .commandNotExecutable,
        "\(path) cannot be started: \(reason)")
    }
  }

  deinit {
    if exit == nil {
      kill()
      _ = wait(isBlocking: true)
    }
    close(output.descriptor)
    close(errors.descriptor)
  }

  /// Ends it at once, whatever it is doing.
  package func kill() {
    if exit == nil { _ = Glibc.kill(process, SIGKILL) }
  }

  /// The last line that it wrote to standard error, empty when there is none.
  package var lastWords: String {
    String(decoding: errors.buffer, as: UTF8.self).split(separator: "\n").last.map(String.init)
      ?? ""
  }

  /// The next thing that happens within `milliseconds`.
  package func next(waiting milliseconds: Int32) -> Event {
    var patience = milliseconds
    while true {
      if let line = output.takeLine() { return .line(line) }
      if output.isOpen || errors.isOpen {
        guard poll(patience) else { return .silence }
      } else if let exit = wait(isBlocking: false) {
        return .ended(exit)
      } else {
        // It closed its output and lives on.
        if patience <= 0 { return .silence }
        usleep(1000)
        patience -= 1
      }
    }
  }

  /// Waits until one of the pipes has something, and takes it; false when none had in time.
  private func poll(_ milliseconds: Int32) -> Bool {
    var waiting = [
      pollfd(fd: output.isOpen ? output.descriptor : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors.isOpen ? errors.descriptor : -1, events: Int16(POLLIN), revents: 0),
    ]
    // SAFETY: the array has the two entries that the call is told of.
    let ready = unsafe Glibc.poll(&waiting, 2, milliseconds)
    // A signal came: the caller has things to look at.
    if ready <= 0 { return false }
    if waiting[0].revents != 0 { output.read() }
    if waiting[1].revents != 0 { errors.read() }
    return true
  }

  private func wait(isBlocking: Bool) -> ProgramExit? {
    if let exit { return exit }
    var status: Int32 = 0
    while true {
      // SAFETY: the kernel writes one status.
      let ended = unsafe waitpid(process, &status, isBlocking ? 0 : WNOHANG)
      if ended < 0, errno == EINTR { continue }
      guard ended == process else { return nil }
      break
    }
    let signal = status & 0x7F
    exit = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    return exit
  }
}

/// The two ends of a new pipe, which no other child inherits: a pair of sockets, which unlike a pipe
/// can be had closed-on-exec in one step.
private struct PipeEnds {
  let reading: Int32
  let writing: Int32

  init() throws(HostError) {
    var ends: [Int32] = [-1, -1]
    // SAFETY: the kernel writes two descriptors.
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw HostError(.lacksFacility, "no pipe to a child process: too many open files")
    }
    reading = ends[0]
    writing = ends[1]
  }
}

/// The reading end of a pipe and what came through it.
private struct OutputPipe {
  let descriptor: Int32
  private(set) var isOpen = true
  /// Read and not handed out: whole lines from `start` on, then the beginning of one.
  private(set) var buffer: [UInt8] = []
  private var start = 0

  init(descriptor: Int32) { self.descriptor = descriptor }

  mutating func read() {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    // SAFETY: the kernel writes at most the chunk's length.
    let count = unsafe chunk.withUnsafeMutableBytes { target in
      unsafe Glibc.read(descriptor, target.baseAddress, target.count)
    }
    if count > 0 {
      buffer += chunk[..<count]
    } else if count == 0 || errno != EINTR {
      isOpen = false
    }
  }

  mutating func takeLine() -> [UInt8]? {
    guard let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) else {
      buffer.removeSubrange(..<start)
      start = 0
      return nil
    }
    defer { start = end + 1 }
    return Array(buffer[start..<end])
  }
}
