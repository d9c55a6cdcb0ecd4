import MemoryUnits

extension Summary {
  /// Student's interval of the mean: mean ± t * s / sqrt(n), with t at n - 1 degrees of freedom. Right
  /// for means of independent, roughly normal values. Nil for a single value.
  public func studentInterval(confidence: Double = 0.95) -> ClosedRange<Double>? {
    guard let deviation = standardDeviation else { return nil }
    let reach =
      StudentT.quantile(confidence: confidence, degreesOfFreedom: count - 1) * deviation
      / Double(count).squareRoot()
    return mean - reach...mean + reach
  }

  /// Percentile bootstrap of any statistic: resamples with replacement, the middle `confidence` of what
  /// the statistic gives (Efron and Tibshirani, An introduction to the bootstrap, 1993, chapter 13).
  /// The same seed gives the same interval on every host.
  public func bootstrapInterval(
    seed: UInt64, confidence: Double = 0.95, resamples: Int = 2000,
    of statistic: (Summary) -> Double = { $0.mean }
  ) -> ClosedRange<Double> {
    var generator = SplitMix64(seed: seed)
    var results: [Double] = []
    results.reserveCapacity(resamples)
    for _ in 0..<max(1, resamples) {
      let resample = sorted.indices.map { _ in
        sorted[Int(generator.next(upperBound: UInt64(count)))]
      }
      if let summary = Summary(resample) { results.append(statistic(summary)) }
    }
    guard let summary = Summary(results) else { return mean...mean }
    let tail = (1 - confidence) / 2 * 100
    return summary.percentile(tail)...summary.percentile(100 - tail)
  }
}
