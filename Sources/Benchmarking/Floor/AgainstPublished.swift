/// A row against the figure that was published for another allocator, each in units of its own
/// machine's `lock xadd`: how many times faster this row is. Above 1 is faster.
///
/// The published figures are those of LLFree in Rust with 8 GiB on one Zen 4 machine, nanoseconds of
/// thread CPU time, smallest of several runs, where lock xadd takes 2.0 ns. Its churn picked each block
/// at random from the live ones; ours goes once over all of them in a shuffled order, which costs less
/// around the allocator: the stack took 2.5 ns there.
public struct AgainstPublished: Encodable, Hashable, Sendable {
  public var allocator = "LLFree (Rust)"
  public var allocFactor: Double?
  public var freeFactor: Double?
  public var pairFactor: Double?

  enum CodingKeys: String, CodingKey {
    case allocator
    case allocFactor = "alloc_factor"
    case freeFactor = "free_factor"
    case pairFactor = "pair_factor"
  }

  struct Figure {
    var alloc: Double?
    var free: Double?
    var pair: Double?
  }

  static let publishedAddNs = 2.0

  static func figure(_ plan: BenchmarkCase) -> Figure? {
    guard plan.memoryBytes == 8 << 30, plan.start == .fresh else { return nil }
    return switch (plan.pattern, plan.order, plan.threads) {
    case (.bulk, 0, 1), (.bulk, 0, 2): Figure(alloc: 16, free: 14, pair: 30)
    case (.repeat, 0, 1): Figure(pair: 29)
    case (.random, 0, 1): Figure(free: 15)
    case (.churn, 0, 1): Figure(pair: 287)
    case (.bulk, 9, 1): Figure(alloc: 37, free: 10, pair: 47)
    case (.bulk, 10, 1): Figure(alloc: 62, free: 12, pair: 74)
    case (.repeat, 0, 2): Figure(pair: 28)
    case (.random, 0, 2): Figure(free: 38)
    case (.churn, 0, 2): Figure(pair: 178)
    default: nil
    }
  }

  /// Nil where nothing was published. The smallest of our repetitions is compared.
  init?(_ row: BenchmarkRow, addNs: Double) {
    guard let figure = Self.figure(row.plan), row.isVerified, addNs > 0 else { return nil }
    func factor(_ published: Double?, _ ours: Spread?) -> Double? {
      guard let published, let ours, ours.min > 0 else { return nil }
      return (published / Self.publishedAddNs) / (ours.min / addNs)
    }
    allocFactor = factor(figure.alloc, row.allocNs)
    freeFactor = factor(figure.free, row.freeNs)
    pairFactor = factor(figure.pair, row.pairNs)
  }
}
