internal import Foundation
import LinuxHost
import Synchronization

/// A subject that is measured in a child process: this program again, with another allocator in it.
/// The child is started at the first repetition, answers one repetition at a time, and is ended with
/// this object.
package final class ChildSystem: @unchecked Sendable {
  private let executable: String
  private let arguments: [String]
  private let environment: [String: String]
  private let patience: Duration
  /// Only touched with the lock held.
  private let lock = Mutex(())
  private var dialogue: ChildDialogue?

  /// - Parameter patience: how long a repetition may take.
  package init(
    executable: String, name: String, argument: String = "", environment: [String: String] = [:],
    patience: Duration = .seconds(120)
  ) {
    self.executable = executable
    arguments = ["bench-child", name, argument]
    // A crash is reported by its signal at once, without a minute of symbolication.
    self.environment = environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { mine, _ in mine }
    self.patience = patience
  }

  /// One repetition. After a crash or a timeout the next one has a new child.
  package func measure(_ plan: BenchmarkCase, _ seed: UInt64) throws -> Repetition {
    try lock.withLock { _ in
      let child = try running()
      let request = try JSONEncoder().encode(ChildRequest(plan: plan, seed: seed))
      switch child.ask([UInt8](request), patience: patience) {
      case .line(let line):
        let reply = try? JSONDecoder().decode(ChildReply.self, from: Data(line))
        if let fault = reply?.fault { throw fault }
        if let repetition = reply?.repetition { return repetition }
        dialogue = nil
        throw BenchmarkFault(.crashed, "its process answered with something else")
      case .ended(let exit):
        let words = child.lastWords
        dialogue = nil
        throw BenchmarkFault(.crashed, Self.ending(exit, words))
      case .silence:
        child.kill()
        dialogue = nil
        throw BenchmarkFault(.timeout, "no answer within \(patience)")
      }
    }
  }

  private func running() throws -> ChildDialogue {
    if let dialogue { return dialogue }
    do {
      let child = try ChildDialogue(
        path: executable, arguments: arguments, environment: environment)
      dialogue = child
      return child
    } catch {
      throw BenchmarkFault(.unavailable, error.description)
    }
  }

  private static func ending(_ exit: ProgramExit, _ words: String) -> String {
    let how =
      switch exit {
      case .exited(let code): "its process ended with status \(code)"
      case .signalled(9): "its process was killed, as happens when memory runs out"
      case .signalled(let number): "its process was ended by signal \(number)"
      }
    return words.isEmpty ? how : "\(how): \(words)"
  }
}
