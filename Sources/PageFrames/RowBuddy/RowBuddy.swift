import CHardware
public import MemoryUnits
public import Synchronization

/// A buddy system of orders 0-10 for real threads, in dense state apart from the descriptors: fast
/// because a core claims 64 frames by one exchange, tidy because it takes them from the fullest 2 MiB
/// block that is worth it.
///
///     rows    one bit per frame, 1 = free and in no core's hands;
///             8 rows = one block of 2 MiB = one cache line
///     pairs   one word per 4 MiB: two lanes of free count, owner flag, kind, class (`Lane`)
///     sets    which blocks have about how many free frames, by class: hints (`HintTree`)
///     cores   slots with a block each and the frames taken out of it (`RowCore`, `RowSlot`)
///
/// - No locks on the fast path, no memory but this; 0.14 bytes per frame from 4 GiB on.
/// - Coalescing is a property of the representation: neighbouring free bits are a larger block. The
///   free blocks are the largest aligned runs of free frames, up to order 10.
/// - Only the owner of a block takes bits out of its rows; everybody may set them. Orders 9 and 10 are
///   taken by one compare-exchange of a pair's word, when every frame is counted free and nobody owns.
/// - Exhaustion is exact: a call that finds nothing stops all cores, looks into their hands, and fails
///   only when no suitable block is free anywhere.
/// - A free of a free frame ends the process at the free, or, while the frame lies in another core's
///   hands, before it is handed out again. Orders up to 8 are not told apart from their parts.
@safe
public struct RowBuddy<Steps: AtomicSteps>: SharedFrameAllocator, ~Copyable, @unchecked Sendable {
  public let steps: Steps

  /// One mapping, zero-filled by the kernel, unmapped only by `deinit`: a `RowLayout` and the parts that
  /// it names. The only field, so that a copy of the structure, which the compiler makes at times,
  /// costs one register. `RowBuddy+State` and `RowBuddy+Stop` alone touch it.
  @usableFromInline
  let words: UnsafeMutablePointer<Atomic<UInt64>>

  @inlinable
  public var range: FrameRange { layout.range }

  /// How many cores the allocator serves; their ids are below it.
  public var coreCount: Int { layout.coreCount }

  /// Bytes of state, none of it in descriptors.
  public var metadataBytes: Int { layout.wordCount * 8 }

  /// Manages `range`, all of it free, for `coreCount` cores, 1...1024.
  public init(_ range: FrameRange, coreCount: Int, steps: Steps) {
    guard range.count >= 0, coreCount >= 1, coreCount <= 1024 else {
      frameFault("a row buddy of a wrong size", frame: range.start.index, order: coreCount)
    }
    precondition(MemoryLayout<RowLayout>.size <= RowLayout.cores * 8)
    let layout = RowLayout(range, coreCount: coreCount)
    guard let start = unsafe framelab_map_sparse(layout.wordCount * 8, 1) else {
      frameFault("no address space for a row buddy", frame: range.count, order: 0)
    }
    unsafe start.bindMemory(to: RowLayout.self, capacity: 1).initialize(to: layout)
    unsafe words = start.assumingMemoryBound(to: Atomic<UInt64>.self)
    self.steps = steps
    framelab_barrier_register()
    fill()
  }

  deinit {
    unsafe framelab_unmap(words, layout.wordCount * 8)
  }

  /// Writes the start state: every frame of the range free, nothing in any core's hands.
  private func fill() {
    for row in 0..<layout.blocks * 8 { setRow(row, rangeBits(row)) }
    let start = range.start.index - base
    let end = start + range.count
    for block in 0..<layout.blocks {
      let count = max(0, min(end, block * 512 + 512) - max(start, block * 512))
      setLane(block, Lane(bits: UInt32(Lane.bias + count)))
    }
    for index in 0..<RowLayout.treeCount {
      let words = (layout.blocks + 63) / 64
      tree(index).form(capacity: index == RowLayout.pairTree ? words : layout.blocks)
    }
    for block in 0..<layout.blocks { list(block, lane(block)) }
    for core in 0..<layout.coreCount {
      let hands = self.core(core)
      for slot in 0..<RowCore.slotCount { hands.slot(slot).empty() }
      hands.lastFreedBlock = -1
      hands.searchStart = layout.blocks * core / layout.coreCount
      hands.emptyWord = hands.searchStart >> 6
    }
  }

  /// The bits of a row whose frames are in the range.
  func rangeBits(_ row: Int) -> UInt64 {
    let low = max(range.start.index - base - row << 6, 0)
    let high = min(range.start.index - base + range.count - row << 6, 64)
    return low < high ? Self.bits(low, high) : 0
  }

  /// The bits low..<high of a row; not none.
  static func bits(_ low: Int, _ high: Int) -> UInt64 {
    UInt64.max << UInt64(low) & UInt64.max >> UInt64(64 - high)
  }
}

extension RowBuddy where Steps == NoSteps {
  public init(_ range: FrameRange, coreCount: Int) {
    self.init(range, coreCount: coreCount, steps: NoSteps())
  }
}
