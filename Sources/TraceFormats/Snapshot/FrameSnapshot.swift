public import MemoryUnits

/// The page frames of a machine at one moment: what each frame is used for and, where that is known, by
/// whom. Made of a simulated machine or of a live host, kept in a file, asked by `framelab ask`.
public struct FrameSnapshot: Hashable, Sendable {
  /// A run of frames under one allocator. The zones of a machine do not overlap.
  public struct Zone: Hashable, Sendable {
    public var node: Int
    /// Linux's name: `DMA32`, `Normal`.
    public var name: String
    public var start: FrameNumber
    /// One raw value of `FrameState` per frame; empty when only the free lists are known.
    public var states: [UInt8]
    /// One number into `ownerNames` per frame; empty when no owner is known.
    public var owners: [UInt16]
    /// Linux's watermarks, frames; nil when the source has none.
    public var watermarkMin: UInt64?
    public var watermarkLow: UInt64?
    /// Free frames in per-CPU lists, where they are counted but look like unknown frames.
    public var heldFrames: UInt64?
    /// Free blocks by order, a row of /proc/buddyinfo; nil when the source has none.
    public var freeBlocks: [UInt64]?

    public init(node: Int = 0, name: String, start: FrameNumber, states: [UInt8]) {
      self.node = node
      self.name = name
      self.start = start
      self.states = states
      owners = []
    }

    public var range: FrameRange { FrameRange(start: start, count: states.count) }
  }

  /// Where it comes from, in a few words: `simulated: fork.machine`, `host: Linux 6.18.0`.
  public var origin: String
  public var zones: [Zone]
  /// Owners in the source's own words, by number; the first, empty one is nobody that is known.
  public var ownerNames: [String]
  /// What a reader of the answer has to know, one sentence each.
  public var caveats: [String]

  public init(
    origin: String, zones: [Zone] = [], ownerNames: [String] = [""], caveats: [String] = []
  ) {
    self.origin = origin
    self.zones = zones
    self.ownerNames = ownerNames
    self.caveats = caveats
  }
}
