public import MemoryUnits
public import Synchronization

/// What one core has for itself: the flags by which it is stopped, its slots, where it searches, and
/// its counters. One writer, the core, or whoever stopped the world; anybody may read.
@safe
@frozen
@usableFromInline
struct RowCore {
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
  func load(_ index: Int) -> Int {
    Int(truncatingIfNeeded: unsafe storage[index].load(ordering: .relaxed))
  }
  @inlinable
  @inline(__always)
  func store(_ index: Int, _ value: Int) {
    unsafe storage[index].store(UInt64(truncatingIfNeeded: value), ordering: .relaxed)
  }

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
    get { load(2) }
    nonmutating set { store(2, newValue) }
  }

  /// The block of the last free that went to the shared rows; -1: none.
  @inlinable
  var lastFreedBlock: Int {
    get { load(3) }
    nonmutating set { store(3, newValue) }
  }

  /// Where the core begins to search, so that cores do not meet.
  @inlinable
  var searchStart: Int {
    get { load(4) }
    nonmutating set { store(4, newValue) }
  }

  /// A word of the set of empty blocks as the core saw it, less what it tried.
  @inlinable
  var emptyWord: Int {
    get { load(5) }
    nonmutating set { store(5, newValue) }
  }
  @inlinable
  var emptyCandidates: UInt64 {
    get { UInt64(bitPattern: Int64(load(6))) }
    nonmutating set { store(6, Int(truncatingIfNeeded: newValue)) }
  }
  @inlinable
  var emptyTried: UInt64 {
    get { UInt64(bitPattern: Int64(load(7))) }
    nonmutating set { store(7, Int(truncatingIfNeeded: newValue)) }
  }

  /// Frames that came into the local words out of rows, less those put back.
  @inlinable
  var gathered: Int {
    get { load(31) }
    nonmutating set { store(31, newValue) }
  }

  /// Allocations of an order above 0. Single frames are not counted one by one: what came into the
  /// core's hands and neither is there nor went back was handed out.
  @inlinable
  @inline(__always)
  func countAllocation(_ order: Int) { store(8 &+ order, load(8 &+ order) &+ 1) }

  /// Frees by order, each before its first effect: into the core's own hands, and elsewhere.
  @inlinable
  @inline(__always)
  func countKept(_ order: Int) { store(34 &+ order, load(34 &+ order) &+ 1) }
  @inlinable
  @inline(__always)
  func countFree(_ order: Int) { store(20 &+ order, load(20 &+ order) &+ 1) }

  @inlinable
  func frees(_ order: Int) -> Int { load(20 &+ order) &+ (order <= 6 ? load(34 &+ order) : 0) }

  @inlinable
  func allocations(_ order: Int) -> Int {
    guard order == 0 else { return load(8 &+ order) }
    var frames = gathered &- heldFrames
    for larger in 0...8 {
      frames &+= larger <= 6 ? load(34 &+ larger) &<< larger : 0
      frames &-= larger > 0 ? load(8 &+ larger) &<< larger : 0
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

  @inlinable
  var failures: Int {
    get { load(32) }
    nonmutating set { store(32, newValue) }
  }

  /// Frames handed out less frames taken back.
  @inlinable
  var framesOut: Int {
    var sum = 0
    for order in 0..<Order.allocatorCount {
      sum &+= (allocations(order) &- frees(order)) &<< order
    }
    return sum
  }

  /// Calls of free so far.
  @inlinable
  var freeCalls: Int {
    var sum = 0
    for order in 0..<Order.allocatorCount { sum &+= frees(order) }
    return sum
  }
}
