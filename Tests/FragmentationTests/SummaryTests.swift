import Fragmentation
import MemoryUnits
import Testing

@Suite("Statistics")
struct SummaryTests {
  /// Two-sided quantiles of Student's t as every printed table has them.
  static let table: [(Int, Double, Double)] = [
    (1, 0.95, 12.706), (2, 0.95, 4.303), (3, 0.95, 3.182), (4, 0.95, 2.776), (9, 0.95, 2.262),
    (10, 0.95, 2.228), (29, 0.95, 2.045), (30, 0.95, 2.042), (120, 0.95, 1.980), (5, 0.99, 4.032),
    (7, 0.9, 1.895),
  ]

  @Test("Student's t agrees with the printed table", arguments: table)
  func student(degrees: Int, confidence: Double, t: Double) {
    let quantile = StudentT.quantile(confidence: confidence, degreesOfFreedom: degrees)
    #expect(abs(quantile - t) < 0.00051)
  }

  @Test("mean, median, percentiles and deviation of a small sample")
  func sample() throws {
    let summary = try #require(Summary([4, 1, 3, 2]))
    #expect(summary.mean == 2.5 && summary.median == 2.5)
    #expect(summary.percentile(0) == 1 && summary.percentile(100) == 4)
    #expect(summary.percentile(25) == 1.75)
    let deviation = try #require(summary.standardDeviation)
    #expect(abs(deviation - 1.2909944487358056) < 1e-15)
    let interval = try #require(summary.studentInterval())
    // 2.5 ± 3.1824463 * 1.2909944 / 2
    #expect(abs(interval.lowerBound - 0.4457397) < 1e-6)
    #expect(abs(interval.upperBound - 4.5542603) < 1e-6)
  }

  @Test("one value has no interval of Student's, none has no summary")
  func degenerate() {
    #expect(Summary([7])?.studentInterval() == nil)
    #expect(Summary([]) == nil)
  }

  @Test("95 % intervals hold the true mean in about 95 of 100 samples")
  func coverage() throws {
    var generator = SplitMix64(seed: 20)
    var student = 0
    var bootstrap = 0
    for trial in 0..<400 {
      // Sums of twelve uniform numbers: nearly normal, with mean 6.
      let values = (0..<20).map { _ in
        (0..<12).reduce(0.0) { sum, _ in sum + Double(generator.next() >> 11) / 0x1p53 }
      }
      let summary = try #require(Summary(values))
      let interval = try #require(summary.studentInterval())
      if interval.contains(6) { student += 1 }
      let resampled = summary.bootstrapInterval(seed: UInt64(trial), resamples: 400)
      if resampled.contains(6) { bootstrap += 1 }
    }
    // Binomial(400, .95) leaves 366...393 with a probability below 0.002; percentile bootstraps of 20
    // values are known to fall a little short.
    #expect((366...393).contains(student))
    #expect((350...393).contains(bootstrap))
  }

  @Test("the bootstrap repeats exactly for a seed")
  func bootstrapRepeats() throws {
    let summary = try #require(Summary([3, 5, 9, 2, 7, 7, 1]))
    let first = summary.bootstrapInterval(seed: 5) { $0.median }
    #expect(first == summary.bootstrapInterval(seed: 5) { $0.median })
    #expect(first.lowerBound >= 1 && first.upperBound <= 9 && first.contains(5))
  }

  @Test("blow-up is blocks in use against the fewest that would do")
  func blowUp() {
    #expect(BlowUp.ratio(liveBlocks: 3, liveBytes: 2 << 20) == 3)
    #expect(BlowUp.ratio(liveBlocks: 3, liveBytes: (2 << 20) + 1) == 1.5)
    #expect(BlowUp.ratio(liveBlocks: 0, liveBytes: 0) == nil)
  }
}
