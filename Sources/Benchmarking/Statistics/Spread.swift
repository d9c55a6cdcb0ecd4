/// Smallest, middle and largest of the repetitions. The smallest is the figure that compares: what
/// disturbs a thread only ever makes it slower.
public struct Spread: Codable, Hashable, Sendable {
  public var min: Double
  /// The mean of the two middle ones for an even number.
  public var median: Double
  public var max: Double

  /// Nil for no values.
  public init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let middle = sorted.count / 2
    min = first
    max = last
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
