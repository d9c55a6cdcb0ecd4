/// Describes repeated measurements of one quantity. All values are finite.
public struct Summary: Hashable, Sendable {
  /// In ascending order; never empty.
  public let sorted: [Double]

  /// Nil for no values.
  public init?(_ values: some Sequence<Double>) {
    sorted = values.sorted()
    if sorted.isEmpty { return nil }
  }

  public var count: Int { sorted.count }

  public var mean: Double {
    // Added in ascending order, so that the result does not depend on the order of arrival.
    sorted.reduce(0, +) / Double(count)
  }

  public var median: Double { percentile(50) }

  /// Linear interpolation between the two nearest ranks: position p / 100 * (n - 1) (Hyndman and Fan,
  /// Sample quantiles in statistical packages, 1996, type 7; the default of R and NumPy).
  /// - Parameter percent: 0...100; beyond it the smallest and the largest value.
  public func percentile(_ percent: Double) -> Double {
    let position = max(0, min(1, percent / 100)) * Double(count - 1)
    let lower = Int(position)
    let upper = min(lower + 1, count - 1)
    return sorted[lower] + (position - Double(lower)) * (sorted[upper] - sorted[lower])
  }

  /// Of the sample, with n - 1; nil for a single value.
  public var standardDeviation: Double? {
    guard count > 1 else { return nil }
    let mean = mean
    let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(count - 1)).squareRoot()
  }
}
