/// Bad input, in one line: which file, where, what was expected.
public struct TraceError: Error, Hashable, Sendable, CustomStringConvertible {
  public var path: String
  /// `line 12`, `offset 0x1f40`, or nil when the whole file is meant.
  public var place: String?
  /// What is wrong and what was expected: `block checksum differs; the file is damaged from here`.
  public var message: String

  public init(path: String, place: String? = nil, message: String) {
    self.path = path
    self.place = place
    self.message = message
  }

  public var description: String {
    place.map { "\(path): \($0): \(message)" } ?? "\(path): \(message)"
  }
}
