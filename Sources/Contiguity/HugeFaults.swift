/// What faults for huge pages took, by the cost table of a machine.
public struct HugeFaults: Encodable, Sendable {
  /// Faults, each for another 2 MiB.
  public var count: Int { latencies.count }
  /// Those that got a huge page.
  public var huge = 0
  private var latencies: [UInt64] = []

  enum CodingKeys: String, CodingKey {
    case count, huge
    case median = "p50_ns"
    case p99 = "p99_ns"
    case maximum = "max_ns"
  }

  init() {}

  mutating func add(_ nanoseconds: UInt64) { latencies.append(nanoseconds) }

  /// The latency that this share of the faults did not exceed, 0...1; 0 without faults.
  public func quantile(_ share: Double) -> UInt64 {
    let sorted = latencies.sorted()
    guard let last = sorted.indices.last else { return 0 }
    return sorted[min(Int((share * Double(sorted.count)).rounded(.down)), last)]
  }

  public var median: UInt64 { quantile(0.5) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(count, forKey: .count)
    try container.encode(huge, forKey: .huge)
    try container.encode(median, forKey: .median)
    try container.encode(quantile(0.99), forKey: .p99)
    try container.encode(quantile(1), forKey: .maximum)
  }
}
