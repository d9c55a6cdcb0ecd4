/// A figure over the repetitions of a system.
public struct Estimate: Codable, Hashable, Sendable {
  public var mean: Double
  /// Half the width of the 95 % confidence interval of the mean, from Student's t with n - 1 degrees
  /// of freedom; nil for fewer than 3 repetitions, which say too little about their spread.
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
    guard let smallest = values.min(), let largest = values.max() else { return nil }
    let count = values.count
    let mean = values.reduce(0, +) / Double(count)
    self.mean = Findings.rounded(mean)
    self.count = count
    self.smallest = smallest
    self.largest = largest
    if count >= 3 {
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let error = (squares / Double(count - 1) / Double(count)).squareRoot()
      halfWidth = Findings.rounded(Self.studentQuantile(count - 1) * error)
    }
  }

  /// How the interval is made, for the foot of a table.
  public static let method =
    "mean of n repetitions ± half the 95 % confidence interval (Student's t, n - 1 degrees of "
    + "freedom)"

  /// The 97.5 % quantile of Student's t, rounded up between the tabled degrees of freedom.
  package static func studentQuantile(_ degrees: Int) -> Double {
    let table = [
      12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010,
      2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739,
      2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
    ]
    if degrees <= table.count { return table[max(degrees, 1) - 1] }
    return degrees < 60 ? 2.0423 : degrees < 120 ? 2.0003 : 1.9799
  }
}
