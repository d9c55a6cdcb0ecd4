/// What was learned about a plugin that keeps its promises.
public struct PluginFindings: Codable, Hashable, Sendable {
  /// Allocations and frees that were checked.
  public var operations = 0
  /// Threads that used it at the same time; 1 without the capability.
  public var threads = 1
  /// Whether free frames come together again as blocks of the largest order.
  public var merges = true
  /// Requests for one frame that failed although frames were free: for another core, perhaps.
  public var refusals = 0
  /// What it does not do, in words.
  public var notes: [String] = []
}
