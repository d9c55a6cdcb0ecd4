/// Why jemalloc could not be simulated, in one line.
public struct SimulatedJemallocError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
