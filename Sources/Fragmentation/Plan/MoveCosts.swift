/// What freeing blocks takes, ns: a table with a name, so that no time is ever printed without saying
/// by which figures.
public struct MoveCosts: Hashable, Sendable, Codable {
  public var name: String
  /// Moving one page: copying it, changing its entries, telling the other cores.
  public var moveNs: UInt64
  /// Dropping one clean page of a file.
  public var dropNs: UInt64

  public init(name: String, moveNs: UInt64, dropNs: UInt64) {
    self.name = name
    self.moveNs = moveNs
    self.dropNs = dropNs
  }

  enum CodingKeys: String, CodingKey {
    case name
    case moveNs = "move_ns"
    case dropNs = "drop_ns"
  }
}
