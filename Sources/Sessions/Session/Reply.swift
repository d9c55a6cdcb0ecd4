/// What a command answers: lines for a person, members for a program.
public struct Reply: Sendable {
  public var lines: [StyledLine]
  public var members: [JSON.Member]
  /// The command was an `expect`, and it was met.
  public internal(set) var isCheck = false

  init(_ lines: [StyledLine] = [], _ members: (String, JSON)...) {
    self.lines = lines
    self.members = members.map { JSON.Member(key: $0, value: $1) }
  }

  init(_ line: StyledLine, _ members: (String, JSON)...) {
    lines = [line]
    self.members = members.map { JSON.Member(key: $0, value: $1) }
  }

  mutating func add(_ key: String, _ value: JSON) { members.append(.init(key: key, value: value)) }
}
