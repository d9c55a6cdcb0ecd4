import MemoryUnits
public import Synchronization

/// The only places that touch the mapping.
extension RowBuddy {
  @inlinable
  var layout: RowLayout {
    @inline(__always) get {
      unsafe UnsafeRawPointer(words).assumingMemoryBound(to: RowLayout.self).pointee
    }
  }

  @inlinable
  var base: Int {
    @inline(__always) get { layout.base }
  }

  @inlinable
  @inline(__always)
  func core(_ core: Int) -> RowCore {
    unsafe RowCore(words + (RowLayout.cores &+ core &* RowCore.stride))
  }

  @inlinable
  func tree(_ index: Int) -> HintTree<Steps> {
    unsafe HintTree(words + (layout.trees &+ index &* layout.treeStride), steps)
  }
  @inlinable
  var emptyBlocks: HintTree<Steps> { tree(RowLayout.emptyTree) }
  @inlinable
  var emptyPairs: HintTree<Steps> { tree(RowLayout.pairTree) }

  /// Frames of a row that are free and in no core's hands.
  @inlinable
  @inline(__always)
  func row(_ row: Int) -> UInt64 {
    steps.willTake(.load)
    return unsafe words[layout.rows &+ row].load(ordering: .acquiring)
  }

  /// The current row of a slot that has a block.
  @inlinable
  @inline(__always)
  func row(of slot: RowSlot) -> UInt64 {
    steps.willTake(.load)
    // SAFETY: written by `point` as the address of a row of this mapping.
    return unsafe UnsafeMutablePointer<Atomic<UInt64>>(bitPattern: slot.rowAddress)
      .unsafelyUnwrapped.pointee.load(ordering: .acquiring)
  }

  /// Takes all frames out of a row; for the owner of its block only.
  @inlinable
  @inline(__always)
  func takeRow(_ row: Int) -> UInt64 {
    steps.willTake(.exchange)
    return unsafe words[layout.rows &+ row].exchange(0, ordering: .acquiringAndReleasing)
  }

  /// Puts frames into a row, all of which must be missing there: the sum of disjoint sets of bits is
  /// their union, and fetch-and-add is the one read-modify-write on x86 that also tells what was there.
  @inlinable
  @inline(__always)
  func put(_ bits: UInt64, inRow row: Int) {
    steps.willTake(.add)
    let old = unsafe words[layout.rows &+ row].wrappingAdd(bits, ordering: .acquiringAndReleasing)
      .oldValue
    guard old & bits == 0 else { doubleFree(row, old & bits) }
  }

  /// Makes all frames of a row allocated; for whoever cuts a huge block only.
  @inlinable
  func clearRow(_ row: Int) {
    steps.willTake(.store)
    unsafe words[layout.rows &+ row].store(0, ordering: .releasing)
  }

  /// Frames of a slot's current row that were freed although they are in the core's hands.
  @inlinable
  @inline(__always)
  func doubleFree(_ slot: RowSlot, _ bits: UInt64) -> Never {
    doubleFree(slot.row, row(of: slot) & bits)
  }

  @inlinable
  @inline(__always)
  func doubleFree(_ row: Int, _ bits: UInt64) -> Never { rowDoubleFree(base, row, bits) }

  @inlinable
  @inline(__always)
  func pairWord(_ block: Int) -> UInt64 {
    steps.willTake(.load)
    return unsafe words[layout.pairs &+ block &>> 1].load(ordering: .acquiring)
  }

  @inlinable
  func lane(_ block: Int) -> Lane { Lane(pairWord(block), block) }

  /// Adds to the lane of a block, flags included; the lane before.
  @inlinable
  @inline(__always)
  func add(_ delta: Int, toLane block: Int) -> Lane {
    steps.willTake(.add)
    let old = unsafe words[layout.pairs &+ block &>> 1].wrappingAdd(
      UInt64(truncatingIfNeeded: delta) &<< Lane.shift(block), ordering: .acquiringAndReleasing
    ).oldValue
    return Lane(old, block)
  }

  /// Forgets what a lane says about runs: a free may have made one.
  @inlinable
  func forgetRunless(_ block: Int) {
    steps.willTake(.mask)
    _ = unsafe words[layout.pairs &+ block &>> 1].bitwiseAnd(
      ~(UInt64(Lane.runlessMask) &<< Lane.shift(block)), ordering: .acquiringAndReleasing)
  }

  /// Replaces the word of a pair if it is still `expected`.
  @inlinable
  @inline(__always)
  func exchangePair(_ block: Int, _ expected: UInt64, _ desired: UInt64) -> Bool {
    steps.willTake(.compareExchange)
    return unsafe words[layout.pairs &+ block &>> 1].compareExchange(
      expected: expected, desired: desired, ordering: .acquiringAndReleasing
    ).exchanged
  }

  /// Puts a lane in the place of the block's old one; only while the world is stopped or nobody else
  /// knows the allocator.
  @inlinable
  func setLane(_ block: Int, _ lane: Lane) {
    let index = layout.pairs &+ block &>> 1
    let word = unsafe words[index].load(ordering: .relaxed)
    unsafe words[index].store(lane.replacing(in: word, block), ordering: .relaxed)
  }

  /// Puts bits in the place of a row; likewise.
  func setRow(_ row: Int, _ bits: UInt64) {
    unsafe words[layout.rows &+ row].store(bits, ordering: .relaxed)
  }
}
