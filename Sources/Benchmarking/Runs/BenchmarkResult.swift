/// All that a run of `framelab bench` measured.
public struct BenchmarkResult: Encodable, Sendable {
  /// False when the run was stopped: rows are missing, others have fewer repetitions, and none has a
  /// floor.
  public var isComplete = true
  public var repetitions: Int
  public var seed: UInt64
  public var primitives: PrimitiveFloor
  public var rows: [BenchmarkRow]
  /// Of allocators from elsewhere, also of those that were not measured.
  public var plugins: [PluginReport] = []

  /// What was asked for and this host does not have.
  public var absent: [BenchmarkAbsence] = []

  enum CodingKeys: String, CodingKey {
    case repetitions, seed, primitives, rows, plugins, absent
    case isComplete = "complete"
  }
}
