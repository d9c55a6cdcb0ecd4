/// An allocator that did not take part because this host does not have it.
public struct BenchmarkAbsence: Codable, Hashable, Sendable {
  /// As on the command line.
  public var allocator: String
  public var reason: String

  public init(_ allocator: String, _ reason: String) {
    self.allocator = allocator
    self.reason = reason
  }
}
