/// PROT_READ, PROT_WRITE, PROT_EXEC, with Linux's values; empty is PROT_NONE.
@frozen
public struct Protection: OptionSet, Hashable, Sendable {
  public let rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let read = Protection(rawValue: 1)
  public static let write = Protection(rawValue: 2)
  public static let execute = Protection(rawValue: 4)
  public static let none: Protection = []
  public static let readWrite: Protection = [.read, .write]
}

extension Protection: CustomStringConvertible {
  /// As /proc/PID/maps has it: `rw-`.
  public var description: String {
    (contains(.read) ? "r" : "-") + (contains(.write) ? "w" : "-")
      + (contains(.execute) ? "x" : "-")
  }
}
