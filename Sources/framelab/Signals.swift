import Glibc
import Synchronization

/// Ctrl-C and SIGTERM for commands that take long.
///
/// A command that can stop in the middle calls `Signals.catchInterrupts()` once and then polls
/// `Signals.isInterrupted` (a relaxed load), seals what it has and returns or throws
/// `CancellationError()`; the process then exits with 130 or 143. The second Ctrl-C ends the
/// process at once. Commands that do not call it die of the first signal, as usual.
enum Signals {
  /// The first signal caught, or 0.
  private static let caught = Atomic<Int32>(0)

  static func catchInterrupts() {
    // Initialises the global before a handler can run: its lazy initialiser takes a lock.
    _ = caught.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Signals.caught.store(number, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  static var isInterrupted: Bool { caught.load(ordering: .relaxed) != 0 }

  /// 130 or 143 once a signal was caught, else nil.
  static var exitCode: Int32? {
    let number = caught.load(ordering: .relaxed)
    return number == 0 ? nil : 128 + number
  }

  /// Throws `CancellationError` once a signal was caught.
  static func checkInterrupted() throws(CancellationError) {
    if isInterrupted { throw CancellationError() }
  }
}
