public import MemoryUnits

/// One row of the table, without the allocator.
public struct BenchmarkCase: Codable, Hashable, Sendable {
  public enum Start: String, CaseIterable, Codable, Sendable {
    /// All memory was allocated once and is free again.
    case fresh
    /// Every frame was allocated and a random half was freed, in random order: the memory of a
    /// machine that ran for long. What the pattern allocates comes on top, `agedFrames` at most.
    case aged
  }

  public var pattern: Pattern
  public var order: Int
  public var threads: Int
  public var memoryBytes: Int
  public var start: Start
  /// About how many operations are enough, for subjects that are slow; nil: what gives good figures.
  package var operationLimit: Int?

  enum CodingKeys: String, CodingKey {
    case pattern, order, threads, start
    case memoryBytes = "memory_bytes"
    case operationLimit = "operation_limit"
  }

  public init(
    _ pattern: Pattern, order: Int = 0, threads: Int = 1, memory: ByteCount,
    start: Start = .fresh
  ) {
    self.pattern = pattern
    self.order = order
    self.threads = threads
    memoryBytes = memory.rawValue
    self.start = start
  }

  /// The same number for every size of memory, so that sizes can be compared: 1 GiB.
  static let agedFrames = 1 << 18

  var frames: Int { memoryBytes >> 12 }
  var blockOrder: Order { Order(order) }
  /// All blocks of the order.
  package var blocks: Int { frames >> order }

  /// Blocks that the pattern has at a time, the same number for each thread.
  package var liveBlocks: Int {
    let wanted =
      switch (pattern, start) {
      case (.fill, _): blocks / 100 * 99 + blocks % 100 * 99 / 100
      case (.refill, _): min(blocks / 128, 1 << 14)
      // A quarter of memory is half of what is free.
      case (_, .aged): min(blocks / 4, Self.agedFrames >> order)
      default: blocks / 2
      }
    return wanted / threads * threads
  }

  /// Why it cannot be run, in words; nil when it can.
  public var obstacle: String? {
    if threads < 1 { return "a benchmark needs a thread" }
    if liveBlocks < threads {
      return "\(ByteCount(memoryBytes)) are too little for order \(order) on \(threads) threads"
    }
    return nil
  }
}

extension BenchmarkCase {
  /// Operations below which a clock that takes a system call spoils the figure.
  private static let leastOperations = 1 << 17

  /// How often a pattern that goes over all live blocks is gone through.
  var rounds: Int {
    let operations = max(liveBlocks, 1)
    // Small memories are for trying things out, not for figures.
    let least = min(Self.leastOperations, operationLimit ?? .max)
    return min(max((least + operations - 1) / operations, 1), 32)
  }

  /// Pairs of each thread in the pattern that repeats one.
  var loopCount: Int { min(max(frames / 2, 1 << 10), 1 << 20, operationLimit ?? .max) }
}

extension BenchmarkCase {
  public var memory: ByteCount { ByteCount(memoryBytes) }
}
