public import Fragmentation

/// The state of one system at one moment. Simulations, child processes, recordings and the live
/// host yield the same samples; what a source cannot know is nil, never 0.
public struct Sample: Codable, Hashable, Sendable {
  /// Nanoseconds on the recording's clock since the start of the run.
  public var timeNs: UInt64
  /// Bytes that the program asked for and has not freed.
  public var liveBytes: UInt64
  /// Bytes of physical memory that the system holds for them: allocated frames in a simulation,
  /// resident bytes of a real process.
  public var heldBytes: UInt64
  /// Part of `heldBytes` that is the system's own bookkeeping: page tables and all else that a simulated
  /// kernel has for itself, slab headers.
  public var overheadBytes: UInt64?
  /// Aligned 2 MiB blocks of virtual address space that hold at least one byte of live data, summed
  /// over the processes; nil for a system without address spaces.
  public var liveBlocks: UInt64?
  /// Aligned 2 MiB blocks of the machine's physical memory in which at least one frame is in use;
  /// nil where the physical memory is not the system's own.
  public var usedBlocks: UInt64?
  /// AnonHugePages of a real process.
  public var anonHugeBytes: UInt64?
  /// Free blocks of the simulated machine or of a zone.
  public var freeAreas: FreeAreas?
  /// Free aligned 2 MiB blocks (each free block of order 10 counts as two).
  public var freeHugeBlocks: UInt64?
  /// Free aligned 1 GiB blocks.
  public var freeGiganticBlocks: UInt64?
  /// Blocks of 2 MiB and 1 GiB as they are and could be, and what is in the way; without moves(N). Only
  /// the last sample of a system that knows its frames has it.
  public var availability: [OrderAvailability]?

  public init(timeNs: UInt64, liveBytes: UInt64, heldBytes: UInt64) {
    self.timeNs = timeNs
    self.liveBytes = liveBytes
    self.heldBytes = heldBytes
  }

  enum CodingKeys: String, CodingKey {
    case timeNs = "time_ns"
    case liveBytes = "live_bytes"
    case heldBytes = "held_bytes"
    case overheadBytes = "overhead_bytes"
    case liveBlocks = "live_blocks_2mib"
    case usedBlocks = "used_blocks_2mib"
    case anonHugeBytes = "anon_huge_bytes"
    case freeAreas = "free_areas"
    case freeHugeBlocks = "free_blocks_2mib"
    case freeGiganticBlocks = "free_blocks_1gib"
    case availability
  }
}
