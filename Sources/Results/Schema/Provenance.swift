/// Who made a result, with what, where.
public struct Provenance: Codable, Hashable, Sendable {
  /// framelab's version and commit.
  public var version: String
  /// The command line that makes this result again.
  public var command: [String]
  /// Start of the run, ISO 8601, UTC.
  public var startedAt: String
  public var host: [String: String]
  /// Versions of the allocators and libraries that took part.
  public var versions: [String: String]

  public init(
    version: String, command: [String], startedAt: String, host: [String: String] = [:],
    versions: [String: String] = [:]
  ) {
    self.version = version
    self.command = command
    self.startedAt = startedAt
    self.host = host
    self.versions = versions
  }

  enum CodingKeys: String, CodingKey {
    case version, command, host, versions
    case startedAt = "started_at"
  }
}
