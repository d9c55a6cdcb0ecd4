public import MemoryUnits

/// What happens to a memory in the superpage experiment, the same under every policy.
///
/// Memory is filled with movable pages and, now and then, blocks of the kernel that do not move. Three
/// quarters of the movable pages belong to programs that take and free 256 at once, the others come and
/// go one by one. Every round frees a tenth of the movable pages, whatever program or page has it; the
/// kernel takes a burst of blocks, movable pages fill memory again, and the kernel gives back as many
/// blocks, at random, of all that it has, which movable pages fill. Of the kernel's blocks 70 % are of
/// order 0, 10 % each of orders 1-3 (single frames where that is refused), and a quarter is reclaimable.
/// At last movable pages are freed, until half of memory is in use.
public struct SuperpageCase: Codable, Hashable, Sendable {
  public var memoryBytes: Int
  public var rounds: Int
  /// Share of memory in use after every round, in percent, and at last.
  public var livePercent: Int
  public var lastPercent: Int
  /// Share of memory that the kernel's blocks have between bursts, and what a burst adds, in percent.
  public var kernelPercent: Int
  public var burstPercent: Int
  /// The order of a superpageblock: 18 is 1 GiB.
  public var superpageblockOrder: Int

  enum CodingKeys: String, CodingKey {
    case rounds
    case memoryBytes = "memory_bytes"
    case livePercent = "live_percent"
    case lastPercent = "last_percent"
    case kernelPercent = "kernel_percent"
    case burstPercent = "burst_percent"
    case superpageblockOrder = "superpageblock_order"
  }

  /// - Parameter superpageblockOrder: nil for 1 GiB, or less where memory would have fewer than eight.
  public init(
    memory: ByteCount, rounds: Int = 10, livePercent: Int = 98, lastPercent: Int = 50,
    kernelPercent: Int = 6, burstPercent: Int = 4, superpageblockOrder: Int? = nil
  ) {
    memoryBytes = memory.rawValue
    self.rounds = rounds
    self.livePercent = livePercent
    self.lastPercent = lastPercent
    self.kernelPercent = kernelPercent
    self.burstPercent = burstPercent
    let eighth = Int.bitWidth - 1 - max(1, memory.frames / 8).leadingZeroBitCount
    self.superpageblockOrder =
      superpageblockOrder ?? min(max(eighth, Order.maximum.index), Order.gigantic.index)
  }

  public var memory: ByteCount { ByteCount(memoryBytes) }
  /// As a size: `1 GiB`.
  public var superpageblock: ByteCount { Order(superpageblockOrder).bytes }
  var frames: Int { memoryBytes >> 12 }
  var range: FrameRange { FrameRange(start: FrameNumber(0), count: frames) }
  var liveFrames: Int { frames * livePercent / 100 }
  var lastFrames: Int { frames * lastPercent / 100 }
  var kernelFrames: Int { frames * kernelPercent / 100 }
  var burstFrames: Int { frames * burstPercent / 100 }
}
