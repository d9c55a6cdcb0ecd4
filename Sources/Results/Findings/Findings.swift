internal import Fragmentation
internal import MemoryUnits

/// What the samples of one repetition say: figures at three moments.
public struct Findings: Codable, Hashable, Sendable {
  /// Which moment of a run a figure is about.
  public enum Moment: String, Codable, CaseIterable, Sendable, CodingKeyRepresentable {
    /// The last sample.
    case end
    /// The first sample with the most live bytes.
    case livePeak = "live_peak"
    /// The mean over the run, every sample weighted by half the time to its two neighbours.
    case timeAverage = "time_average"
  }

  /// Time of the sample with the most live bytes, ns.
  public var livePeakTimeNs: UInt64?
  /// Figures by moment; what a system cannot know is missing, never 0.
  public var figures: [Moment: [FindingKey: Double]]

  public subscript(moment: Moment, key: FindingKey) -> Double? { figures[moment]?[key] }

  enum CodingKeys: String, CodingKey {
    case livePeakTimeNs = "live_peak_time_ns"
    case figures
  }

  public init(samples: [Sample]) {
    figures = [:]
    guard let last = samples.last else { return }
    var peak = samples[0]
    for sample in samples where sample.liveBytes > peak.liveBytes { peak = sample }
    livePeakTimeNs = peak.timeNs
    figures[.end] = Self.figures(of: last)
    figures[.livePeak] = Self.figures(of: peak)
    figures[.timeAverage] = Self.average(samples)
  }

  /// The figures of one sample, as stored: rounded to 6 decimals.
  public static func figures(of sample: Sample) -> [FindingKey: Double] {
    exactFigures(of: sample).merging(availability(of: sample)) { $1 }.mapValues(rounded)
  }

  /// What the frames could be made into. No part of an average: not every sample has it.
  private static func availability(of sample: Sample) -> [FindingKey: Double] {
    var figures: [FindingKey: Double] = [:]
    for order in sample.availability ?? [] {
      func put(_ key: FindingKey, _ blocks: UInt64?) { figures[key] = blocks.map { Double($0) } }
      switch order.order {
      case .huge:
        put(.reclaimedHugeBlocks, order.afterReclaim)
        put(.compactedHugeBlocks, order.afterCompaction?.low)
        put(.attainableHugeBlocks, order.attainable?.low)
        put(.blockedHugeBlocks, order.blocked)
      case .gigantic: put(.compactedGiganticBlocks, order.afterCompaction?.low)
      default: break
      }
    }
    return figures
  }

  private static func exactFigures(of sample: Sample) -> [FindingKey: Double] {
    var figures: [FindingKey: Double] = [
      .liveBytes: Double(sample.liveBytes), .heldBytes: Double(sample.heldBytes),
    ]
    figures[.heldPerLive] = BlowUp.ratio(
      heldBytes: sample.heldBytes, liveBytes: sample.liveBytes)
    figures[.overheadBytes] = sample.overheadBytes.map { Double($0) }
    figures[.anonHugeBytes] = sample.anonHugeBytes.map { Double($0) }
    figures[.freeGiganticBlocks] = sample.freeGiganticBlocks.map { Double($0) }
    if let blocks = sample.liveBlocks {
      figures[.virtualBlowUp] = BlowUp.ratio(liveBlocks: blocks, liveBytes: sample.liveBytes)
    }
    if let blocks = sample.usedBlocks {
      figures[.physicalBlowUp] = BlowUp.ratio(liveBlocks: blocks, liveBytes: sample.liveBytes)
    }
    let areas = sample.freeAreas
    let free = sample.freeHugeBlocks ?? areas?.available(.huge)
    figures[.freeHugeBlocks] = free.map { Double($0) }
    guard let areas else { return figures }
    let ideal = areas.ideal(.huge)
    figures[.freeBytes] = Double(areas.freeFrames) * 4096
    figures[.idealHugeBlocks] = Double(ideal)
    if let free, ideal > 0 { figures[.hugeShare] = Double(free) / Double(ideal) }
    for order in areas.blocks.indices {
      figures[.unusableIndex(order: order)] = areas.unusableShare(order)
    }
    return figures
  }

  /// Weighted means of what every sample knows. A key that only some samples have (no free memory,
  /// nothing live) is averaged over those.
  private static func average(_ samples: [Sample]) -> [FindingKey: Double] {
    var sums = [FindingKey: Double]()
    var weights = [FindingKey: Double]()
    var virtual = QuotientOfMeans()
    var physical = QuotientOfMeans()
    for (index, weight) in timeWeights(samples).enumerated() {
      let sample = samples[index]
      for (key, value) in exactFigures(of: sample) {
        sums[key, default: 0] += value * weight
        weights[key, default: 0] += weight
      }
      let ideal = Double((sample.liveBytes + (2 << 20) - 1) / (2 << 20))
      if let blocks = sample.liveBlocks { virtual.add(Double(blocks), over: ideal, weight) }
      if let blocks = sample.usedBlocks { physical.add(Double(blocks), over: ideal, weight) }
    }
    var means = [FindingKey: Double]()
    for (key, sum) in sums {
      guard let weight = weights[key], weight > 0 else { continue }
      means[key] = sum / weight
    }
    means[.heldPerLive] = nil
    if let held = means[.heldBytes], let live = means[.liveBytes], live > 0 {
      means[.heldPerLive] = held / live
    }
    means[.virtualBlowUp] = virtual.value
    means[.physicalBlowUp] = physical.value
    return means.mapValues(rounded)
  }

  /// Half the time to both neighbours; equal weights when no time passes.
  private static func timeWeights(_ samples: [Sample]) -> [Double] {
    guard let first = samples.first, let last = samples.last, last.timeNs > first.timeNs else {
      return samples.map { _ in 1 }
    }
    return samples.indices.map { index in
      let before = samples[max(index - 1, 0)].timeNs
      let after = samples[min(index + 1, samples.count - 1)].timeNs
      return Double(after - before) / 2
    }
  }

  /// Six decimals: more than any figure here is good for, and short in the file.
  static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}

/// Sum of numerators over sum of denominators: a time average in which a moment with little below
/// the line does not count for more.
private struct QuotientOfMeans {
  private var above = 0.0
  private var below = 0.0

  mutating func add(_ numerator: Double, over denominator: Double, _ weight: Double) {
    above += numerator * weight
    below += denominator * weight
  }

  var value: Double? { below > 0 ? above / below : nil }
}
