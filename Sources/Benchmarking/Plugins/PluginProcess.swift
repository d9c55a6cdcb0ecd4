internal import Foundation
internal import LinuxHost

/// The side of framelab: starts a child for each task, and gives a name to every way that it can end.
package struct PluginProcess: Sendable {
  /// The program to start, and the arguments before the request.
  let executable: String
  let arguments: [String]
  let plugin: PluginName
  /// Seconds without a line after which a child hangs.
  let patience: Double
  /// Whether the user wants no more.
  let isCancelled: @Sendable () -> Bool

  package init(
    _ plugin: PluginName, executable: String, arguments: [String], patience: Double,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.plugin = plugin
    self.executable = executable
    self.arguments = arguments
    self.patience = patience
    self.isCancelled = isCancelled
  }

  /// Never throws because of the plugin: what it did wrong is in the report.
  package func examine(threads: Int, seed: UInt64) throws -> PluginReport {
    var report = PluginReport(plugin)
    do {
      try run(PluginRequest(plugin, .examine(threads: threads), seed: seed), patience) { line in
        if case .examined(let new) = line { report = new }
      }
    } catch let fault as BenchmarkFault {
      report.findings = nil
      report.fault = report.fault ?? fault
    }
    return report
  }

  /// Throws `BenchmarkFault`.
  package func measure(
    _ plan: BenchmarkCase, merges: Bool, seed: UInt64
  ) throws -> Repetition {
    var repetition: Repetition?
    // The slowest known allocator takes 0.4 us for a pair, and each frame is touched a few times.
    let limit = patience + Double(plan.frames) * 40e-6
    try run(PluginRequest(plugin, .measure(plan, merges: merges), seed: seed), limit) { line in
      switch line {
      case .measured(let new): repetition = new
      case .fault(let fault): throw fault
      case .progress, .examined, .recovered, .end: break
      }
    }
    guard let repetition else { throw BenchmarkFault(.crashed, "it ended without an answer") }
    return repetition
  }

  /// Throws `BenchmarkFault`.
  package func recover(
    _ plan: RecoveryCase, merges: Bool, seed: UInt64
  ) throws -> RecoveryRepetition {
    var repetition: RecoveryRepetition?
    // Every round frees and allocates a tenth of memory, 1 us for a pair at the slowest.
    let limit = patience + Double(plan.frames * (plan.rounds + 10)) * 0.1e-6
    try run(PluginRequest(plugin, .recover(plan, merges: merges), seed: seed), limit) { line in
      switch line {
      case .recovered(let new): repetition = new
      case .fault(let fault): throw fault
      case .progress, .examined, .measured, .end: break
      }
    }
    guard let repetition else { throw BenchmarkFault(.crashed, "it ended without an answer") }
    return repetition
  }

  private func run(
    _ request: PluginRequest, _ patience: Double, _ body: (PluginLine) throws -> Void
  ) throws {
    let text = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
    var environment = ProcessInfo.processInfo.environment
    // Its last words are the plugin's, and no backtrace of Swift's runtime.
    environment["SWIFT_BACKTRACE"] = "enable=no"
    let child = try ChildProcess(
      path: executable, arguments: arguments + [text], environment: environment)
    var doing = "the start"
    var silent = 0.0
    var isComplete = false
    while true {
      if isCancelled() { throw CancellationError() }
      let waited = ContinuousClock.now
      switch child.next(waiting: 100) {
      case .line(let bytes):
        silent = 0
        // The child's standard output is its own; a line that is no message came of a plugin that
        // looked for trouble.
        guard let line = try? JSONDecoder().decode(PluginLine.self, from: Data(bytes)) else {
          continue
        }
        switch line {
        case .progress(let what): doing = what
        case .end: isComplete = true
        default: try body(line)
        }
      case .silence:
        silent += (ContinuousClock.now - waited) / .seconds(1)
        guard silent < patience else {
          child.kill()
          throw BenchmarkFault(
            .timeout, "no sign of life for \(Int(silent)) s, during: \(doing)")
        }
      case .ended(let end):
        if isComplete, end == .exited(0) { return }
        throw BenchmarkFault(.crashed, Self.words(end, doing, child.lastWords))
      }
    }
  }

  private static func words(_ end: ProgramExit, _ doing: String, _ last: String) -> String {
    let what =
      switch end {
      case .exited(let status): "it ended the process with status \(status)"
      case .signalled(let number): SignalName.of(number)
      }
    return "\(what) during: \(doing)" + (last.isEmpty ? "" : " (its last words: \(last))")
  }
}
