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
    // The marks side by side, a byte for each frame; and all folios that occur.
    var marks: UInt64 = 0
    var folios: UInt8 = 0
    for index in 0..<8 {
      marks |= UInt64(unsafe page[index].block.bits) &<< (UInt64(index) &* 8)
      folios |= unsafe page[index].folio
    }
    let allocated = marks &>> 7 & Self.each
    // Held by a core (both high bits), or part of a page of 2 MiB.
    guard marks &>> 6 & allocated == 0, folios & 0xf8 == 0 else {
      return unsafe countCarefully(page)
    }
    // Free blocks of orders 0...2 by the two low bits of their mark; a byte is 0xff where a frame lies in
    // one.
    let low = marks & ~(allocated &* 3)
    let one = low & Self.each
    let two = low &>> 1 & Self.each
    let pair = two | two &<< 8
    let four = one & two
    let starts = one | two
    let free = starts | pair & ~(four &<< 8) | (four | four &<< 8) | (four &<< 16 | four &<< 24)
    var counts: UInt64 = 0
    let kept = UInt32(FrameStateScan.keptFlags.rawValue) &<< 8
    let file = UInt32(FrameState.fileCache.rawValue)
    let clean = UInt32(FrameState.cleanFile.rawValue) &- file
    for index in 0..<8 {
      let flags = unsafe page[index].flags
      // 1 where the frame is a file's and clean, else 0.
      let isClean = ((flags & (kept | 0xff) ^ file) &- 1) &>> 31
      let state = flags & 0xff &+ isClean &* clean
      let isFree = UInt32(truncatingIfNeeded: free &>> (UInt64(index) &* 8)) & 1
      let seen = state & (isFree &- 1) | isFree &* UInt32(FrameState.free.rawValue)
      counts &+= 1 &<< (UInt64(seen) &* 4)
    }
    return counts
  }

  /// One in each byte.
  @inline(__always)
  private static var each: UInt64 { 0x0101_0101_0101_0101 }

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
