/// A JSON value whose keys keep their order, so that the same session prints the same bytes.
public indirect enum JSON: Hashable, Sendable, CustomStringConvertible {
  case number(Int)
  case bool(Bool)
  case string(String)
  case list([JSON])
  case object([Member])
  case null

  public struct Member: Hashable, Sendable {
    public var key: String
    public var value: JSON

    public init(key: String, value: JSON) {
      self.key = key
      self.value = value
    }
  }

  static func members(_ members: (String, JSON)...) -> JSON {
    .object(members.map { Member(key: $0, value: $1) })
  }

  /// In one line.
  public var description: String {
    switch self {
    case .null: "null"
    case .number(let number): String(number)
    case .bool(let flag): flag ? "true" : "false"
    case .string(let text): Self.quoted(text)
    case .list(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.key) + ":" + $0.value.description }.joined(separator: ",")
        + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case _ where scalar.value < 32: quoted += "\\u" + hex(scalar.value, 4)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension JSON: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral
{
  public init(integerLiteral value: Int) { self = .number(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  init(_ value: some BinaryInteger) { self = .number(Int(clamping: value)) }
}
