public import MemoryUnits
public import Synchronization

/// What one core has for itself: the flags by which it is stopped, its slots, where it searches, and
/// its counters. One writer, the core, or whoever stopped the world; anybody may read.
@safe
@frozen
@usableFromInline
struct RowCore: AtomicWords {
  @usableFromInline
  let storage: UnsafeMutablePointer<Atomic<UInt64>>

  @inlinable
  init(_ storage: UnsafeMutablePointer<Atomic<UInt64>>) { unsafe self.storage = storage }

  /// Slots: order 0 by class, orders 1-8 by class, and one for the block that is being freed.
  @inlinable
  static var slotCount: Int { 7 }
  @inlinable
  static var freeingSlot: Int { 6 }
  /// Words of storage: 48 of its own and the slots, whole cache lines.
  @inlinable
  static var stride: Int { 48 &+ slotCount &* RowSlot.stride }

  @inlinable
  @inline(__always)
  func slot(_ index: Int) -> RowSlot {
    unsafe RowSlot(storage + (48 &+ index &* RowSlot.stride))
  }

  /// Set while an operation of this core is under way.
  @inlinable
  var busy: Bool {
    get { unsafe storage[0].load(ordering: .acquiring) != 0 }
    nonmutating set { unsafe storage[0].store(newValue ? 1 : 0, ordering: .releasing) }
  }

  /// Set by whoever wants the core to stop before its next operation.
  @inlinable
  var isAskedToStop: Bool {
    get { unsafe storage[1].load(ordering: .acquiring) != 0 }
    nonmutating set { unsafe storage[1].store(newValue ? 1 : 0, ordering: .releasing) }
  }

  /// The slot that took the last local free.
  @inlinable
  var lastFreeSlot: Int {
    get { int(2) }
    nonmutating set { setInt(2, newValue) }
  }

  /// The block of the last free that went to the shared rows; -1: none.
  @inlinable
  var lastFreedBlock: Int {
    get { int(3) }
    nonmutating set { setInt(3, newValue) }
  }

  /// Where the core begins to search, so that cores do not meet.
  @inlinable
  var searchStart: Int {
    get { int(4) }
    nonmutating set { setInt(4, newValue) }
  }

  /// Behind the last block that was looked into for a run of frames of a class, so that no search
  /// begins with what the one before found to have none.
  @inlinable
  func runCursor(_ classIndex: Int) -> Int { int(13 &+ classIndex) }
  @inlinable
  func moveRunCursor(_ classIndex: Int, to block: Int) { setInt(13 &+ classIndex, block) }

  /// The core's copy of a word of the set of empty blocks: which word, the members that it has not
  /// tried yet, one by one or (even bits) in pairs, and those that it tried in vain.
  @inlinable
  var emptyWord: Int {
    get { int(5) }
    nonmutating set { setInt(5, newValue) }
  }
  @inlinable
  var emptySingles: UInt64 {
    get { load(6) }
    nonmutating set { store(6, newValue) }
  }
  @inlinable
  var emptyPairs: UInt64 {
    get { load(7) }
    nonmutating set { store(7, newValue) }
  }
  @inlinable
  var emptyTried: UInt64 {
    get { load(12) }
    nonmutating set { store(12, newValue) }
  }

  /// Frames that came into the local words out of rows, less those put back.
  @inlinable
  var gathered: Int {
    get { int(8) }
    nonmutating set { setInt(8, newValue) }
  }

  /// Allocations of an order above 0. Single frames are not counted one by one: what came into the
  /// core's hands and neither is there nor went back was handed out.
  @inlinable
  @inline(__always)
  func countAllocation(_ order: Order) {
    setInt(20 &+ order.index, int(20 &+ order.index) &+ 1)
  }

  /// Frees into the core's own hands, each counted before its first effect.
  @inlinable
  var keptCalls: Int {
    @inline(__always) get { int(9) }
    @inline(__always) nonmutating set { setInt(9, newValue) }
  }

  /// The frames of these less one each.
  @inlinable
  var keptBeyondFirst: Int {
    get { int(10) }
    nonmutating set { setInt(10, newValue) }
  }

  @inlinable
  var keptFrames: Int { keptCalls &+ keptBeyondFirst }

  /// Counts a free to elsewhere, before its first effect: see `RowBuddy.knownToHaveNone`.
  @inlinable
  @inline(__always)
  func countFree(_ order: Int) { setInt(32 &+ order, int(32 &+ order) &+ 1) }

  @inlinable
  var failures: Int {
    get { int(11) }
    nonmutating set { setInt(11, newValue) }
  }

  /// Single frames handed out: what came into the hands less what is there and less what left as a
  /// block of order 1-8.
  @inlinable
  var singles: Int {
    var frames = gathered &+ keptFrames &- heldFrames
    for order in 1...8 { frames &-= int(20 &+ order) &<< order }
    return frames
  }

  /// Calls of `allocate` that handed something out.
  @inlinable
  var allocations: Int {
    var calls = singles
    for order in 1..<Order.allocatorCount { calls &+= int(20 &+ order) }
    return calls
  }

  /// Calls of `free`.
  @inlinable
  var frees: Int {
    var calls = keptCalls
    for order in 0..<Order.allocatorCount { calls &+= int(32 &+ order) }
    return calls
  }

  /// Frames handed out less frames taken back.
  @inlinable
  var framesOut: Int {
    var frames = singles &- keptFrames &- int(32)
    for order in 1..<Order.allocatorCount {
      frames &+= (int(20 &+ order) &- int(32 &+ order)) &<< order
    }
    return frames
  }

  /// Frames in the core's hands.
  @inlinable
  var heldFrames: Int {
    var sum = 0
    for index in 0..<Self.slotCount { sum &+= slot(index).heldFrames }
    return sum
  }
}
