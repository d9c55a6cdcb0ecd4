internal import Fragmentation

/// How two systems differ in one figure, and whether the difference is more than noise.
public struct Comparison: Hashable, Sendable {
  public enum Verdict: Hashable, Sendable {
    /// The 95 % confidence interval of the difference does not contain 0.
    case differs
    /// It does.
    case withinNoise
    /// Fewer than 3 repetitions of a system: nothing is known about the spread.
    case unknown
  }

  /// First minus second, mean over the repetitions.
  public var difference: Double
  public var verdict: Verdict

  /// Compares two systems of one result; nil when one of them does not know the figure.
  ///
  /// Repetitions with the same seeds are compared pair by pair, which leaves out what the seeds
  /// have in common; others by the two intervals (Welch's variance, and the smaller number of
  /// degrees of freedom, which is on the safe side).
  public init?(
    _ key: FindingKey, at moment: Findings.Moment, _ first: SystemRun, _ second: SystemRun
  ) {
    guard let left = Self.values(key, moment, first), let right = Self.values(key, moment, second)
    else { return nil }
    let isPaired = first.repetitions.map(\.seed) == second.repetitions.map(\.seed)
    guard let leftMean = Estimate(left), let rightMean = Estimate(right) else { return nil }
    difference = leftMean.mean - rightMean.mean
    guard let leftWidth = leftMean.halfWidth, let rightWidth = rightMean.halfWidth else {
      verdict = .unknown
      return
    }
    let width: Double
    if isPaired, let paired = Estimate(zip(left, right).map { $0 - $1 })?.halfWidth {
      width = paired
    } else {
      let leftError = leftWidth / Self.quantile(left.count - 1)
      let rightError = rightWidth / Self.quantile(right.count - 1)
      width =
        (leftError * leftError + rightError * rightError).squareRoot()
        * Self.quantile(min(left.count, right.count) - 1)
    }
    verdict = difference.magnitude > width ? .differs : .withinNoise
  }

  private static func quantile(_ degreesOfFreedom: Int) -> Double {
    StudentT.quantile(confidence: 0.95, degreesOfFreedom: degreesOfFreedom)
  }

  private static func values(
    _ key: FindingKey, _ moment: Findings.Moment, _ system: SystemRun
  ) -> [Double]? {
    let values = system.repetitions.compactMap { $0.findings?[moment, key] }
    return values.isEmpty || values.count != system.repetitions.count ? nil : values
  }
}
