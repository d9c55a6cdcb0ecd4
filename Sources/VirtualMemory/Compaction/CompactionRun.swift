internal import MemoryUnits

/// One run of compaction: what is wanted, how far it is, what it did (Linux: struct compact_control).
struct CompactionRun: Sendable {
  enum Cause: Sendable {
    /// An allocation.
    case direct
    /// kcompactd, woken for an order.
    case background
    /// kcompactd, ahead of need.
    case proactive
    /// /proc/sys/vm/compact_memory.
    case user
  }

  let cause: Cause
  let mode: CompactionMode
  /// The order of the block that is wanted; nil for all that can be had.
  let order: Order?
  let frameClass: FrameClass
  /// The scanners begin at the zone's ends.
  var isWhole: Bool
  /// Pageblocks are looked at in which nothing was found lately.
  let ignoresSkips: Bool
  /// Pages move into pageblocks of any class.
  let ignoresClasses: Bool

  /// The first frame that the migration scanner has not seen.
  var migrate = 0
  /// The first frame of the pageblock that the free scanner is in that it has not seen.
  var free = 0
  /// Free frames that were isolated: the next targets, from the back.
  var targets: [FrameRange] = []
  var targetCount = 0
  /// Free blocks that are about to be isolated; kept for its storage.
  var found: [FrameRange] = []
  /// Pages found to move, folios by their heads, and the frames of all.
  var sources: [FrameNumber] = []
  var sourceFrames = 0
  var batch = MoveBatch()
  /// The pageblock from which pages have moved last, until the scanner has left it (or, for smaller
  /// orders, the block of the wanted order); nil for none.
  var lastMigrated: Int?
  /// All that is left of the pageblock is isolated at once.
  var finishesBlock = false
  /// The cached positions of both modes go together until something is found.
  var movesBothPositions = false
  /// A block of the wanted order became free.
  var hasBlock = false
  /// Free blocks of the scored order, where those decide about the end.
  var scoredBlocks = 0
  /// An isolation failed because the zone is at its mark.
  var isAtMark = false

  var migrateScanned: UInt64 = 0
  var freeScanned: UInt64 = 0
  var isolated: UInt64 = 0
  var moved = 0
  var failed = 0

  init(
    _ cause: Cause, _ mode: CompactionMode, _ order: Order?, _ frameClass: FrameClass = .movable,
    isWhole: Bool = false
  ) {
    self.cause = cause
    self.mode = mode
    self.order = order
    self.frameClass = frameClass
    self.isWhole = isWhole
    ignoresSkips = isWhole
    // Direct compaction with the highest priority, which does without every caution.
    ignoresClasses = isWhole && cause == .direct
  }
}
