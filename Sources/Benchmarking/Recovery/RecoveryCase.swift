public import MemoryUnits

/// The recovery experiment of the LLFree authors: can an allocator find its way back to free 2 MiB
/// blocks while nothing but the contents changes?
///
/// All of memory is allocated in blocks of the order, and a random share is freed. Then every round
/// replaces 10 % of what is live: random blocks are freed, as many are allocated.
public struct RecoveryCase: Codable, Hashable, Sendable {
  public var memoryBytes: Int
  public var order: Int
  /// Share of memory that is free, in percent.
  public var freePercent: Int
  /// Every fourth block, at random, is requested as unmovable, the others as movable; else all movable.
  public var isMixed: Bool
  public var rounds: Int

  enum CodingKeys: String, CodingKey {
    case order, rounds
    case memoryBytes = "memory_bytes"
    case freePercent = "free_percent"
    case isMixed = "mixed_classes"
  }

  public init(
    memory: ByteCount, order: Int = 0, freePercent: Int = 50, isMixed: Bool = false,
    rounds: Int = 100
  ) {
    memoryBytes = memory.rawValue
    self.order = order
    self.freePercent = freePercent
    self.isMixed = isMixed
    self.rounds = rounds
  }

  /// The five cases of the suite.
  public static func suite(memory: ByteCount, rounds: Int) -> [RecoveryCase] {
    [
      RecoveryCase(memory: memory, rounds: rounds),
      RecoveryCase(memory: memory, freePercent: 20, rounds: rounds),
      RecoveryCase(memory: memory, freePercent: 10, rounds: rounds),
      RecoveryCase(memory: memory, order: 3, rounds: rounds),
      RecoveryCase(memory: memory, isMixed: true, rounds: rounds),
    ]
  }

  /// `half free, order 0`, `20 % free, order 0, two classes`
  public var words: String {
    "\(freePercent) % free, order \(order)\(isMixed ? ", two classes" : "")"
  }

  var frames: Int { memoryBytes >> 12 }
  var blocks: Int { frames >> order }
  var liveBlocks: Int { blocks - blocks * freePercent / 100 }
  /// Free 2 MiB blocks if all free frames lay together.
  var idealBlocks: Int { (frames - liveBlocks << order) >> 9 }
}

extension RecoveryCase {
  var range: FrameRange { FrameRange(start: FrameNumber(0), count: frames) }
  public var memory: ByteCount { ByteCount(memoryBytes) }
}
