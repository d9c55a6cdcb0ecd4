import Foundation
import LinuxHost
import Synchronization

/// Several named bars on standard error while a command works.
///
/// Nothing is drawn unless standard error is a terminal and the work takes, or will by its own
/// speed take, more than two seconds; then at most ten times a second. Safe to use from several
/// threads. A command makes one `Progress`, one `Bar` per part, and calls `end()` before it prints.
///
///     let progress = Progress(title: "sqlite.fltrace · 2.4 M heap events")
///     let bar = progress.bar("jemalloc 5.3, simulated")
///     bar.update(0.63)
///     bar.finish()
///     progress.end()
final class Progress: Sendable {
  /// One line of the display.
  struct Bar: Sendable {
    fileprivate let progress: Progress
    fileprivate let index: Int

    /// Says how much is done, 0 ... 1. Cheap enough for once per batch of records.
    func update(_ fraction: Double) { progress.update(index, fraction) }
    func finish() { progress.update(index, 1) }
  }

  private let drawer: Mutex<ProgressDrawer>
  private let isShown: Bool

  init(title: String = "", terminal: Terminal = .standardError) {
    isShown = terminal.isInteractive
    drawer = Mutex(ProgressDrawer(title: title, terminal: terminal))
  }

  func bar(_ label: String) -> Bar {
    Bar(progress: self, index: drawer.withLock { $0.add(label) })
  }

  private func update(_ index: Int, _ fraction: Double) {
    guard isShown else { return }
    drawer.withLock { drawer in
      drawer.update(index, fraction, now: .now)
      if let text = drawer.frame(now: .now, isFinal: false) { StandardError.write(text) }
    }
  }

  /// Draws the last state of bars that were shown; what is printed next stands below them.
  func end() {
    guard isShown else { return }
    drawer.withLock { drawer in
      if let text = drawer.frame(now: .now, isFinal: true) { StandardError.write(text) }
    }
  }
}
