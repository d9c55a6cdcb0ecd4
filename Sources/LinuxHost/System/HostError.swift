/// What the host does not permit or does not have, in one line.
public struct HostError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// A permission or a facility is missing.
    case lacksFacility
    /// The command to run does not exist.
    case commandNotFound
    /// The command to run cannot be executed.
    case commandNotExecutable
  }

  public var kind: Kind
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
