/// A mistake in an experiment file, in one line: file, line, key, what was expected.
public struct ExperimentError: Error, Hashable, Sendable, CustomStringConvertible {
  public var path: String
  /// 1-based; nil when the whole file is meant.
  public var line: Int?
  public var key: String?
  public var message: String

  public init(path: String, line: Int? = nil, key: String? = nil, message: String) {
    self.path = path
    self.line = line
    self.key = key
    self.message = message
  }

  public var description: String {
    var text = path
    if let line { text += ":\(line)" }
    if let key { text += ": \(key)" }
    return text + ": " + message
  }
}
