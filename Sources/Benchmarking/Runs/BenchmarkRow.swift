/// One row of the table: an allocator in a case, over all repetitions.
public struct BenchmarkRow: Encodable, Sendable {
  public var allocator: String
  public var title: String
  /// What was measured.
  public var plan: BenchmarkCase
  /// What was asked for: the table that the row stands in.
  public var asked: BenchmarkCase
  public var allocNs: Spread?
  public var freeNs: Spread?
  public var pairNs: Spread?
  public var metadataBytesPerFrame: Double?
  public var bytesTouched: Int?
  public var verifiedBlocks: Int
  public var checksum: UInt64
  /// What went wrong in one of the repetitions; there are no figures then.
  public var fault: BenchmarkFault?
  public var floor: Floor?
  public var againstPublished: AgainstPublished?

  /// Every repetition ran, and what was checked in it held.
  public var isVerified: Bool { fault == nil }

  /// The figure that the row is judged by: of random the free, of refill the allocation, else the pair.
  public var figureNs: Spread? {
    switch plan.pattern {
    case .random: freeNs
    case .refill: allocNs
    default: pairNs
    }
  }

  init(
    _ system: BenchmarkSystem, _ plan: BenchmarkCase,
    asked: BenchmarkCase, _ outcome: Result<[Repetition], BenchmarkFault>
  ) {
    allocator = system.name
    title = system.title
    self.plan = plan
    self.asked = asked
    switch outcome {
    case .success(let repetitions):
      allocNs = Spread(repetitions.compactMap(\.allocNs))
      freeNs = Spread(repetitions.compactMap(\.freeNs))
      pairNs = Spread(repetitions.compactMap(\.pairNs))
      metadataBytesPerFrame = repetitions.last?.metadataBytesPerFrame
      bytesTouched = repetitions.last?.bytesTouched
      verifiedBlocks = repetitions.reduce(0) { $0 + $1.verifiedBlocks }
      checksum = repetitions.reduce(0) { $0 &* 31 &+ $1.checksum }
    case .failure(let fault):
      verifiedBlocks = 0
      checksum = 0
      self.fault = fault
    }
  }

  enum CodingKeys: String, CodingKey {
    case allocator, pattern, order, threads, start, verified, fault, floor, checksum
    case memoryBytes = "memory_bytes"
    case allocNs = "alloc_ns"
    case freeNs = "free_ns"
    case pairNs = "pair_ns"
    case metadataBytesPerFrame = "metadata_bytes_per_frame"
    case floorRatio = "floor_ratio"
    case bytesTouched = "bytes_touched"
    case verifiedBlocks = "verified_blocks"
    case againstPublished = "against_published"
  }

  /// Every key is always there; what was not measured is null.
  public func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: CodingKeys.self)
    try row.encode(allocator, forKey: .allocator)
    try row.encode(plan.pattern, forKey: .pattern)
    try row.encode(plan.order, forKey: .order)
    try row.encode(plan.threads, forKey: .threads)
    try row.encode(plan.start, forKey: .start)
    try row.encode(plan.memoryBytes, forKey: .memoryBytes)
    try row.encode(allocNs, forKey: .allocNs)
    try row.encode(freeNs, forKey: .freeNs)
    try row.encode(pairNs, forKey: .pairNs)
    try row.encode(metadataBytesPerFrame, forKey: .metadataBytesPerFrame)
    try row.encode(floor?.ratio, forKey: .floorRatio)
    try row.encode(isVerified, forKey: .verified)
    try row.encode(floor, forKey: .floor)
    try row.encode(bytesTouched, forKey: .bytesTouched)
    try row.encode(verifiedBlocks, forKey: .verifiedBlocks)
    try row.encode(String(checksum, radix: 16), forKey: .checksum)
    try row.encode(againstPublished, forKey: .againstPublished)
    try row.encode(fault, forKey: .fault)
  }
}
