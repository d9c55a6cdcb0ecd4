import MemoryUnits

extension FrameTable {
  /// Frames that `countGroups` looks at: the largest block of an allocator.
  @usableFromInline
  static var countedFrames: Int { 1024 }

  /// Counts the states of the 1024 frames from `first` on, a multiple of 1024, in groups of eight: each
  /// group a word with four bits for every raw value of `FrameState`. The same as
  /// `FrameStateScan.fill` says of them, for an allocator that marks its blocks.
  ///
  /// Without a branch that depends on single frames, because in a scattered memory half of them would be
  /// guessed wrong, which costs more than reading the descriptors.
  @inline(never)
  @usableFromInline
  func countGroups(_ first: Int, into groups: inout InlineArray<128, UInt64>) {
    precondition(first >= 0 && first &+ 1024 <= frameCount)
    // Mapped as long as `storage`; the range was checked.
    guard let pages = unsafe descriptors.baseAddress.map({ unsafe $0 + first }) else { return }
    var group = 0
    while group < 128 {
      let page = unsafe pages + group &* 8
      let mark = unsafe page.pointee.block
      // Larger blocks begin where groups begin. Their frames are not looked at.
      if mark.order >= 3, mark.isFree || mark.isHeld {
        let state = mark.isFree ? FrameState.free : .heldByCore
        let end = min(group &+ 1 &<< (mark.order &- 3), 128)
        while group < end {
          groups[group] = 8 &<< (UInt64(state.rawValue) &* 4)
          group &+= 1
        }
        continue
      }
      groups[group] = unsafe Self.count(page)
      group &+= 1
    }
  }

  /// Eight frames, in which no larger free block lies.
  @inline(__always)
  private static func count(_ page: UnsafeMutablePointer<PageDescriptor>) -> UInt64 {
    // Frames of free blocks of orders 0...2, one bit each.
    var free: UInt32 = 0
    var unusual: UInt8 = 0
    for index in 0..<8 {
      let mark = unsafe page[index].block.bits
      // The frames of a block by the lowest bits of its mark: none, 1, 2 or 4.
      let span = 0x0f03_0100 as UInt32 &>> (UInt32(mark & 3) &* 8) & 0xff
      let isFree = UInt32(mark &>> 7) &- 1
      free |= (span & isFree) &<< UInt32(index)
      // Held by a core, or part of a page of 2 MiB.
      let folio = unsafe page[index].folio
      unusual |= mark & mark &<< 1 & 0x80 | folio & 0xf8
    }
    if unusual != 0 { return unsafe countCarefully(page) }
    var counts: UInt64 = 0
    var used: UInt64 = 0
    let taken = UInt64(~free)
    let kept = UInt32(FrameStateScan.keptFlags.rawValue) &<< 8
    for index in 0..<8 {
      let flags = unsafe page[index].flags
      let isClean = flags & (kept | 0xff) == UInt32(FrameState.fileCache.rawValue)
      let state = isClean ? UInt32(FrameState.cleanFile.rawValue) : flags & 0xff
      let one = taken &>> UInt64(index) & 1
      counts &+= one &<< (UInt64(state) &* 4)
      used &+= one
    }
    return counts &+ (8 &- used) &<< (UInt64(FrameState.free.rawValue) &* 4)
  }

  /// The same one by one, with blocks that cores hold and parts of huge pages.
  @inline(never)
  private static func countCarefully(_ page: UnsafeMutablePointer<PageDescriptor>) -> UInt64 {
    var counts: UInt64 = 0
    var index = 0
    while index < 8 {
      let mark = unsafe page[index].block
      var state = unsafe FrameStateScan.state(page[index])
      var frames = 1
      if mark.isFree || mark.isHeld {
        state = mark.isFree ? FrameState.free.rawValue : FrameState.heldByCore.rawValue
        frames = min(1 &<< mark.order, 8 &- index)
      }
      counts &+= UInt64(frames) &<< (UInt64(state) &* 4)
      index &+= frames
    }
    return counts
  }
}
