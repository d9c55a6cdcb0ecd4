import CHardware
public import MemoryUnits

/// The states of frames as planes: of every 128 frames four vectors of two words, of which bit i of word
/// j of vector k is bit k of the raw value that `FrameState` has for frame 64 * j + i.
extension FrameTable {
  /// Frames that `readPlanes` looks at: the largest block of an allocator.
  @usableFromInline
  static var framesOfPlanes: Int { 1024 }

  /// The states of the 1024 frames from `first` on, a multiple of 1024. The same as
  /// `FrameStateScan.fill` says of them, for an allocator that marks its blocks.
  ///
  /// Without a branch that depends on single frames, because in a scattered memory half of them would be
  /// guessed wrong, which costs more than reading the descriptors.
  @inline(never)
  @usableFromInline
  func readPlanes(_ first: Int, into planes: inout MutableSpan<SIMD2<UInt64>>) {
    precondition(first >= 0 && first &+ 1024 <= frameCount && planes.count == 32)
    // Mapped as long as `storage`; the range was checked.
    guard let pages = unsafe descriptors.baseAddress.map({ unsafe $0 + first }) else { return }
    var unit = 0
    while unit < 16 {
      let page = unsafe pages + unit &* 64
      let mark = unsafe page.pointee.block
      // Larger blocks begin where units begin. Their frames are not looked at.
      if mark.order >= 6, mark.isFree || mark.isHeld {
        let end = min(unit &+ 1 &<< (mark.order &- 6), 16)
        while unit < end {
          Self.set(mark.isFree ? .free : .heldByCore, ~0, unit, &planes)
          unit &+= 1
        }
        continue
      }
      unsafe Self.read(page, unit, &planes)
      unit &+= 1
    }
  }

  /// The 64 frames at whose first no larger free or held block begins.
  @inline(__always)
  private static func read(
    _ page: UnsafeMutablePointer<PageDescriptor>, _ unit: Int,
    _ planes: inout MutableSpan<SIMD2<UInt64>>
  ) {
    let met = unsafe planes.withUnsafeMutableBytes { bytes in
      // SAFETY: 64 descriptors from `page` on are mapped; of the vectors of this unit every second word
      // is written, which ends with the 64 bytes of those vectors.
      unsafe framelab_read_states(
        page,
        bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt64.self)
          + (unit &>> 1 &* 8 &+ unit & 1), UInt32(FrameStateScan.keptFlags.rawValue) &<< 8,
        UInt32(FrameState.fileCache.rawValue), UInt32(FrameState.cleanFile.rawValue))
    }
    if met == 0 { return }
    if met & FRAMELAB_LARGE_BLOCKS != 0 { unsafe addLargeBlocks(page, unit, &planes) }
    if met & FRAMELAB_LARGE_FOLIOS != 0 { unsafe addHugePages(page, unit, &planes) }
  }

  /// Adds blocks that cores hold, and free blocks of eight frames and more.
  @inline(never)
  private static func addLargeBlocks(
    _ page: UnsafeMutablePointer<PageDescriptor>, _ unit: Int,
    _ planes: inout MutableSpan<SIMD2<UInt64>>
  ) {
    var index = 0
    while index < 64 {
      let mark = unsafe page[index].block
      guard mark.isFree || mark.isHeld else {
        index &+= 1
        continue
      }
      let bits = (~0 &>> UInt64(64 &- 1 &<< mark.order)) &<< UInt64(index)
      set(mark.isFree ? .free : .heldByCore, bits, unit, &planes)
      index &+= 1 &<< mark.order
    }
  }

  /// Tells pages of users in folios of 2 MiB and more apart.
  @inline(never)
  private static func addHugePages(
    _ page: UnsafeMutablePointer<PageDescriptor>, _ unit: Int,
    _ planes: inout MutableSpan<SIMD2<UInt64>>
  ) {
    var huge: UInt64 = 0
    for index in 0..<64 where unsafe page[index].folio >= Order.huge.rawValue {
      huge |= 1 &<< UInt64(index)
    }
    var movable = huge
    for plane in 0..<4 {
      let word = planes[unit &>> 1 &* 4 &+ plane][unit & 1]
      movable &= FrameState.movable.rawValue &>> UInt8(plane) & 1 == 0 ? ~word : word
    }
    set(.hugePage, movable, unit, &planes)
  }

  /// Puts frames of 64 into a state.
  @inlinable
  @inline(__always)
  static func set(
    _ state: FrameState, _ frames: UInt64, _ unit: Int,
    _ planes: inout MutableSpan<SIMD2<UInt64>>
  ) {
    for plane in 0..<4 {
      let index = unit &>> 1 &* 4 &+ plane
      let bit = state.rawValue &>> UInt8(plane) & 1
      let word = planes[index][unit & 1]
      planes[index][unit & 1] = bit == 0 ? word & ~frames : word | frames
    }
  }
}
