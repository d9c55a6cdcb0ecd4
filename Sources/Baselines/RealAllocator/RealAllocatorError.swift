/// Why a real allocator could not be measured, in one line that names it. The other systems of a run
/// go on.
public struct RealAllocatorError: Error, Hashable, Sendable, CustomStringConvertible {
  public var allocator: String
  public var reason: String

  public init(_ allocator: RealAllocator, _ reason: String) {
    self.allocator = allocator.name
    self.reason = reason
  }

  public var description: String { "\(allocator): \(reason)" }
}
