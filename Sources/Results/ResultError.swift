/// What stops a result from being written or read, in one line.
public struct ResultError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which side the fault is on; the command line chooses its exit code by it.
  public enum Kind: Hashable, Sendable {
    /// A result, a frame map or a request that is not what it should be.
    case badInput
    /// The host: no permission, no space, somebody else writes here.
    case host
  }

  public var kind: Kind
  public var path: String
  /// What is wrong and what was expected.
  public var message: String

  public init(_ kind: Kind, path: String, message: String) {
    self.kind = kind
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}
