/// A setting, declared once beside the code that obeys it. YAML keys, `--set`, result.json and
/// `framelab parameters` come from this declaration.
public struct Parameter<Value: Sendable>: Sendable {
  /// As written in YAML and in results; Linux's own name for Linux's own settings.
  public let name: String
  /// `bytes`, `frames`, `ns`, `1/10000`, or empty.
  public let unit: String
  /// The values that are accepted, in words that a one-line error can quote: `1...64`.
  public let range: String
  public let defaultValue: Value
  /// One sentence.
  public let summary: String

  public init(
    name: String, unit: String = "", range: String, defaultValue: Value, summary: String
  ) {
    self.name = name
    self.unit = unit
    self.range = range
    self.defaultValue = defaultValue
    self.summary = summary
  }
}
