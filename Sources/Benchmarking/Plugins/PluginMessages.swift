/// What the child process is asked to do: its only argument, as JSON.
package struct PluginRequest: Codable, Sendable {
  package enum Task: Codable, Sendable {
    case examine(threads: Int)
    /// One repetition; `merges` is what the examination found.
    case measure(BenchmarkCase, merges: Bool)
    /// One repetition of the recovery experiment.
    case recover(RecoveryCase, merges: Bool)
  }

  package var plugin: PluginName
  package var task: Task
  package var seed: UInt64

  package init(_ plugin: PluginName, _ task: Task, seed: UInt64) {
    self.plugin = plugin
    self.task = task
    self.seed = seed
  }
}

/// A line of the child: what comes next, or the end.
package enum PluginLine: Codable, Sendable {
  case progress(String)
  case examined(PluginReport)
  case measured(Repetition)
  case recovered(RecoveryRepetition)
  case fault(BenchmarkFault)
  /// The last line: a child that ends without it was ended by the plugin.
  case end
}
