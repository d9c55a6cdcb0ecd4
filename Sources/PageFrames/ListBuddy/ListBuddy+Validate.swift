import MemoryUnits

extension ListBuddy {
  public func validate() {
    var blocks = InlineArray<11, UInt32>(repeating: 0)
    let end = range.start.index + range.count
    var free = 0
    var frame = range.start.index
    while frame < end {
      if fresh.contains(frame) {
        free += fresh.upperBound - frame
        frame = fresh.upperBound
        continue
      }
      let mark = page(frame).block
      let order = mark.order
      guard mark != .none else { broken("a frame in no block", frame, 0) }
      guard mark == .free(order) || mark == .allocated(order), order < Order.allocatorCount,
        FrameNumber(frame).isAligned(to: Order(order)), frame + 1 << order <= end
      else { broken("a misplaced block", frame, order) }
      for inner in frame + 1..<frame + 1 << order where page(inner).block != .none {
        broken("a block inside a block", inner, order)
      }
      if mark.isFree {
        blocks[order] += 1
        free += 1 << order
        let buddy = frame ^ 1 << order
        if order < Order.maximum.index, buddy >= range.start.index, buddy < end,
          page(buddy).block == mark
        {
          broken("a free block beside its free buddy", frame, order)
        }
      }
      frame += 1 << order
    }
    guard free == freeCount else { broken("a wrong count of free frames", free, 0) }
    validateLists(against: blocks)
  }

  /// `blocks[k]` free blocks of order k were found by walking over memory.
  private func validateLists(against blocks: InlineArray<11, UInt32>) {
    for order in 0..<Order.allocatorCount {
      guard lists.counts[order] == blocks[order],
        (lists.nonEmpty >> order & 1 == 1) == (blocks[order] > 0)
      else { broken("a wrong count of free blocks", Int(lists.counts[order]), order) }
      var length: UInt32 = 0
      var previous = PageDescriptor.noFrame
      var frame = lists.heads[order]
      while frame != PageDescriptor.noFrame {
        guard length < blocks[order], range.contains(FrameNumber(rawValue: frame)),
          page(Int(frame)).block == .free(order), page(Int(frame)).previous == previous
        else { broken("a broken free list", Int(frame), order) }
        if placement == .lowestAddressFirst, previous != PageDescriptor.noFrame {
          guard previous < frame else { broken("an unsorted free list", Int(frame), order) }
        }
        length += 1
        previous = frame
        frame = page(Int(frame)).next
      }
      guard length == blocks[order] else { broken("a short free list", Int(length), order) }
    }
  }

  private func page(_ frame: Int) -> PageDescriptor {
    let descriptors = unsafe self.descriptors
    return unsafe descriptors.span[frame]
  }

  private func broken(_ what: StaticString, _ frame: Int, _ order: Int) -> Never {
    frameFault(what, frame: frame, order: order)
  }
}
