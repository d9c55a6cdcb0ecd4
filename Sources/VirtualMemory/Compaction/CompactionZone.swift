internal import MemoryUnits

/// What compaction remembers of a zone (Linux: the fields compact_* of struct zone, and the skip bits of
/// its pageblocks).
struct CompactionZone: Sendable {
  let range: FrameRange
  let pageblockOrder: Order
  /// Where the migration scanner goes on: of asynchronous runs, and of all others.
  private(set) var migratePositions: (async: Int, sync: Int)
  /// Where the free scanner goes on: the start of a pageblock.
  private(set) var freePosition: Int
  /// Pageblocks in which nothing was found, one bit each.
  private var skips: ContiguousArray<UInt64>
  /// The scanners have met since skip bits were last forgotten.
  var forgetsSkips = false
  var deferral = CompactionDeferral()

  init(_ range: FrameRange, _ pageblockOrder: Order) {
    self.range = range
    self.pageblockOrder = pageblockOrder
    let size = pageblockOrder.frameCount
    let start = range.start.index
    migratePositions = (start, start)
    freePosition = max((start + range.count - 1) & -size, start)
    let blocks = range.count / size + 2
    skips = ContiguousArray(repeating: 0, count: blocks / 64 + 1)
  }

  var start: Int { range.start.index }
  var end: Int { range.start.index + range.count }

  /// The start of the pageblock that contains a frame, or that of the zone.
  func blockStart(_ frame: Int) -> Int { max(frame & -pageblockOrder.frameCount, start) }

  /// Behind the pageblock that contains a frame, or behind the zone.
  func blockEnd(_ frame: Int) -> Int {
    min(frame & -pageblockOrder.frameCount + pageblockOrder.frameCount, end)
  }

  /// The first frame of the last pageblock.
  var lastBlock: Int { blockStart(end - 1) }

  func block(_ frame: Int) -> Int { frame >> pageblockOrder.index }

  // MARK: Positions

  /// Both scanners begin at the ends next time (reset_cached_positions).
  mutating func resetPositions() {
    migratePositions = (start, start)
    freePosition = lastBlock
  }

  /// Nothing below a frame need be looked at again (update_cached_migrate).
  mutating func advanceMigration(to frame: Int, _ mode: CompactionMode) {
    let next = blockEnd(max(frame - 1, start))
    migratePositions.async = max(migratePositions.async, next)
    if mode != .async { migratePositions.sync = max(migratePositions.sync, next) }
  }

  /// The position of synchronous runs follows that of asynchronous ones.
  mutating func joinPositions() { migratePositions.sync = migratePositions.async }

  /// The pageblock at `start` and those above have nothing free that may be taken.
  mutating func lowerFree(below start: Int) {
    freePosition = min(freePosition, max(blockStart(start - 1), self.start))
  }

  /// Frames of this pageblock were given back.
  mutating func raiseFree(to frame: Int) { freePosition = max(freePosition, blockStart(frame)) }

  // MARK: Skip bits

  func skips(_ frame: Int) -> Bool {
    let bit = block(frame) - block(start)
    return skips[bit >> 6] >> UInt64(bit & 63) & 1 == 1
  }

  mutating func setSkip(_ frame: Int) {
    let bit = block(frame) - block(start)
    skips[bit >> 6] |= 1 << UInt64(bit & 63)
  }

  /// Looks everywhere again (__reset_isolation_suitable).
  mutating func forgetSkips() {
    for word in skips.indices { skips[word] = 0 }
    forgetsSkips = false
    resetPositions()
  }
}

/// Whether compaction for an order is worth an attempt, by how it went lately.
///
/// After a failure the next 2^shift attempts for that order and above are left out, with shift 1 to 6
/// (Linux: defer_compaction, compaction_deferred; COMPACT_MAX_DEFER_SHIFT).
struct CompactionDeferral: Hashable, Sendable {
  private(set) var considered = 0
  private(set) var shift = 0
  /// The lowest order that failed; above all orders before any has.
  private(set) var failedOrder = Order(Order.allocatorCount)

  static var maximumShift: Int { 6 }

  /// Notes an attempt; whether it must be left out.
  mutating func defers(_ order: Order) -> Bool {
    guard order >= failedOrder else { return false }
    considered += 1
    guard considered < 1 << shift else {
      considered = 1 << shift
      return false
    }
    return true
  }

  mutating func noteFailure(_ order: Order) {
    considered = 0
    shift = min(shift + 1, Self.maximumShift)
    failedOrder = min(failedOrder, order)
  }

  /// - Parameter isAllocated: the block was not only seen but taken.
  mutating func noteSuccess(_ order: Order, isAllocated: Bool) {
    if isAllocated {
      considered = 0
      shift = 0
    }
    if order >= failedOrder { failedOrder = Order(order.index + 1) }
  }

  /// Deferred as long as possible, and to be tried again now (compaction_restarting).
  func isRestarting(_ order: Order) -> Bool {
    order >= failedOrder && shift == Self.maximumShift && considered >= 1 << shift
  }
}
