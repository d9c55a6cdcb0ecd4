internal import Fragmentation

/// How two systems differ in one figure, and whether the difference is more than noise.
public struct Comparison: Hashable, Sendable {
  public enum Verdict: Hashable, Sendable {
    /// The 95 % confidence interval of the difference does not contain 0.
    case differs
    /// It does.
    case withinNoise
    /// All repetitions of one of the systems are the same: copies are no sample, whatever their
    /// number.
    case constant
    /// Fewer than 3 repetitions to compare: nothing is known about the spread.
    case unknown
  }

  /// First minus second, mean over the repetitions that are compared.
  public var difference: Double
  public var verdict: Verdict
  /// Whether repetitions with the same seed were compared with each other.
  public var isPaired: Bool

  /// Compares two systems; nil when one of them does not know the figure.
  ///
  /// Repetitions with the same seed have the same offsets and are compared pair by pair, by Student's
  /// t of the differences, which leaves out what the seeds have in common; a repetition without a
  /// partner is left out. Systems that share no seed are compared by the two intervals (Welch's
  /// variance, and the smaller number of degrees of freedom, which is on the safe side).
  public init?(
    _ key: FindingKey, at moment: Findings.Moment, _ first: SystemRun, _ second: SystemRun
  ) {
    guard var left = Self.values(key, moment, first), var right = Self.values(key, moment, second)
    else { return nil }
    let partners = Dictionary(right.map { ($0.seed, $0) }) { one, _ in one }
    let pairs = left.compactMap { value in partners[value.seed].map { (value, $0) } }
    isPaired = !pairs.isEmpty
    if isPaired {
      left = pairs.map(\.0)
      right = pairs.map(\.1)
    }
    guard let leftMean = Estimate(left.map(\.figure)), let rightMean = Estimate(right.map(\.figure))
    else { return nil }
    difference = leftMean.mean - rightMean.mean
    guard min(left.count, right.count) >= 3 else {
      verdict = .unknown
      return
    }
    guard let leftWidth = leftMean.halfWidth, let rightWidth = rightMean.halfWidth else {
      verdict = .constant
      return
    }
    let width: Double
    if isPaired {
      // The same difference with every seed has no interval: its width is 0.
      width = Estimate(zip(left, right).map { $0.figure - $1.figure })?.halfWidth ?? 0
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

  /// The figure of each repetition; nil unless all of them know it.
  private static func values(
    _ key: FindingKey, _ moment: Findings.Moment, _ system: SystemRun
  ) -> [(seed: UInt64, figure: Double)]? {
    let values = system.repetitions.compactMap { repetition in
      repetition.findings?[moment, key].map { (repetition.seed, $0) }
    }
    return values.isEmpty || values.count != system.repetitions.count ? nil : values
  }
}
