import Results

/// A result of `framelab bench` as JSON: its own keys, and beside them what says how it was made.
struct BenchDocument<Result: Encodable>: Encodable {
  /// Changes when a key goes away or means something else.
  private static var schemaVersion: Int { 1 }

  var suite: BenchCommand.Suite
  var provenance: Provenance
  var result: Result

  private enum CodingKeys: String, CodingKey {
    case schema, suite, provenance
  }

  func encode(to encoder: any Encoder) throws {
    try result.encode(to: encoder)
    var top = encoder.container(keyedBy: CodingKeys.self)
    try top.encode(Self.schemaVersion, forKey: .schema)
    try top.encode(suite.rawValue, forKey: .suite)
    try top.encode(provenance, forKey: .provenance)
  }
}
