/// What an event says about itself when a person clicks on it.
public enum TimelineValue: Hashable, Sendable {
  /// Beyond 2^53 viewers round numbers.
  case number(Int)
  case real(Double)
  case text(String)
  /// An address or an entry, shown as text `0x...`: no number above 2^53 survives a viewer.
  case hex(UInt64)
}

/// A value with its name; a list of them keeps its order.
public struct TimelineArgument: Hashable, Sendable {
  public var name: String
  public var value: TimelineValue

  public init(_ name: String, _ value: TimelineValue) {
    self.name = name
    self.value = value
  }
}
