/// Why a line could not be followed, in one line without a full stop.
public struct ScriptError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// The line says what no session understands.
    case usage
    /// What came of a command is not what the script expects.
    case unmet
  }

  public var kind: Kind
  public var message: String
  /// `FILE:LINE`, once it is known.
  public var place: String?

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// `demand-paging.machine:12: expected 0x00, got 0x07`
  public var description: String { (place.map { "\($0): " } ?? "") + message }
}
