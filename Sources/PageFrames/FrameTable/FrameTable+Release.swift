public import MemoryUnits

extension FrameTable {
  /// What is known of a frame that somebody lets go.
  @inlinable
  public func remains(of frame: FrameNumber) -> Remains { Remains(self[frame]) }

  /// Undoes the only mapping and drops the last reference of each of `frames`, of which the first has no
  /// more, and takes them out of `list`, if the first is on one (`lru`). Stops before a frame that has
  /// other references, or that differs from the first in its state, its group or these flags. Returns
  /// how many frames were released, which may then be freed.
  ///
  /// The result is that of `release` and `remove` frame by frame. Frames that follow each other on the
  /// list as they do in memory, as those of a range populated from its start do, are cut out in one piece.
  @inlinable
  public mutating func releaseLast(
    _ frames: FrameRange, alike flags: FrameFlags, from list: inout FrameList
  ) -> Int {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let start = frames.start.index
    let mask = 0xff | UInt32(flags.rawValue) &<< 8
    let word = pages[start].flags & mask
    let group = pages[start].group
    let isListed = pages[start].flags & UInt32(FrameFlags.lru.rawValue) &<< 8 != 0
    // What lies on the list behind and before the piece that is being cut out.
    var behind = pages[start].next
    var before = pages[start].previous
    var frame = start
    let end = start &+ frames.count
    while true {
      pages[frame].references = 0
      pages[frame].mappings = 0
      frame &+= 1
      guard frame < end, pages[frame].references == 1, pages[frame].flags & mask == word,
        pages[frame].group == group
      else { break }
      guard isListed else { continue }
      if before != UInt32(truncatingIfNeeded: frame) {
        list.join(behind, before, &pages)
        behind = pages[frame].next
      }
      before = pages[frame].previous
    }
    if isListed {
      list.join(behind, before, &pages)
      list.length &-= frame &- start
    }
    return frame &- start
  }
}

extension FrameList {
  /// Makes neighbours of what lay behind and before a piece of the list.
  @inline(always)
  @inlinable
  mutating func join(
    _ behind: UInt32, _ before: UInt32, _ pages: inout MutableSpan<PageDescriptor>
  ) {
    if behind == PageDescriptor.noFrame {
      last = before
    } else {
      pages[Int(behind)].previous = before
    }
    if before == PageDescriptor.noFrame {
      first = behind
    } else {
      pages[Int(before)].next = behind
    }
  }
}
