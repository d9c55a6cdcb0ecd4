internal import Fragmentation

/// A figure over the repetitions of a system.
public struct Estimate: Codable, Hashable, Sendable {
  public var mean: Double
  /// Half the width of the 95 % confidence interval of the mean, from Student's t with n - 1 degrees
  /// of freedom; nil for fewer than 3 repetitions, which say too little about their spread, and for
  /// repetitions that are all the same: copies are no sample.
  public var halfWidth: Double?
  /// Number of repetitions.
  public var count: Int
  public var smallest: Double
  public var largest: Double

  enum CodingKeys: String, CodingKey {
    case mean, n, smallest, largest
    case halfWidth = "half_width_95"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    mean = try container.decode(Double.self, forKey: .mean)
    halfWidth = try container.decodeIfPresent(Double.self, forKey: .halfWidth)
    count = try container.decode(Int.self, forKey: .n)
    smallest = try container.decode(Double.self, forKey: .smallest)
    largest = try container.decode(Double.self, forKey: .largest)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(mean, forKey: .mean)
    try container.encodeIfPresent(halfWidth, forKey: .halfWidth)
    try container.encode(count, forKey: .n)
    try container.encode(smallest, forKey: .smallest)
    try container.encode(largest, forKey: .largest)
  }

  /// Nil for no values.
  public init?(_ values: [Double]) {
    guard let summary = Fragmentation.Summary(values) else { return nil }
    mean = Findings.rounded(summary.mean)
    count = summary.count
    smallest = summary.percentile(0)
    largest = summary.percentile(100)
    if count >= 3, !isConstant, let interval = summary.studentInterval() {
      halfWidth = Findings.rounded((interval.upperBound - interval.lowerBound) / 2)
    }
  }

  /// Whether all of several repetitions are the same, so that nothing is known of any noise.
  public var isConstant: Bool { count > 1 && smallest == largest }

  /// How the interval is made, for the foot of a table.
  public static let method =
    "mean of n repetitions ± half the 95 % confidence interval (Student's t, n - 1 degrees of "
    + "freedom), none where all n are the same"
}
