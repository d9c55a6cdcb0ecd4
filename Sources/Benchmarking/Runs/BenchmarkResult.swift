/// All that a run of `framelab bench` measured.
public struct BenchmarkResult: Encodable, Sendable {
  public var repetitions: Int
  public var seed: UInt64
  public var primitives: PrimitiveFloor
  public var rows: [BenchmarkRow]
  /// Of allocators from elsewhere, also of those that were not measured.
  public var plugins: [PluginReport] = []
}
