import Glibc

/// What one of the process's standard streams is connected to.
package struct Terminal: Sendable {
  /// Everything printed fits this width, on a wider terminal too.
  package static let maximumWidth = 100

  package static let standardInput = Terminal(STDIN_FILENO)
  package static let standardOutput = Terminal(STDOUT_FILENO)
  package static let standardError = Terminal(STDERR_FILENO)

  /// Whether a person is watching; false for pipes, files and a terminal that calls itself dumb.
  package var isInteractive: Bool
  /// Whether colours may be used: on a terminal, unless NO_COLOR is set to anything but "".
  package var hasColour: Bool
  /// Columns to use: the terminal's own, at most `maximumWidth`, which is also the width of a pipe.
  package var width: Int

  package init(isInteractive: Bool, hasColour: Bool, width: Int) {
    self.isInteractive = isInteractive
    self.hasColour = hasColour
    self.width = width
  }

  private init(_ descriptor: Int32) {
    let isTerminal = isatty(descriptor) == 1 && Self.environment("TERM") != "dumb"
    let noColour = Self.environment("NO_COLOR")
    self.init(
      isInteractive: isTerminal,
      hasColour: isTerminal && (noColour ?? "").isEmpty,
      width: isTerminal ? Self.columns(descriptor) : Self.maximumWidth)
  }

  private static func columns(_ descriptor: Int32) -> Int {
    var size = winsize()
    // SAFETY: TIOCGWINSZ writes one winsize; `size` lives through the call.
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return min(Int(size.ws_col), maximumWidth)
  }

  private static func environment(_ name: String) -> String? {
    // SAFETY: getenv returns nil or a C string, copied before anything can change it.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
