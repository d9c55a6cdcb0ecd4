import MemoryUnits
import PageFrames

extension FrameModel {
  /// Does one step on allocator and model; says what differs, else nil.
  mutating func apply<Allocator: FrameAllocator & ~Copyable>(
    _ operation: FrameOperation, to allocator: inout Allocator
  ) -> String? {
    core = operation.choice >> 12 % coreCount
    frameClass = coreCount > 1 && operation.choice >> 8 % 4 == 0 ? .unmovable : .movable
    return switch operation.kind {
    case .allocate: allocate(operation.size, &allocator)
    case .free: free(operation.choice, &allocator)
    case .freePart: freePart(operation.size, operation.choice, &allocator)
    case .claim: claim(operation.size, operation.choice, &allocator)
    case .release: release(operation.choice, &allocator)
    }
  }

  private mutating func allocate<Allocator: FrameAllocator & ~Copyable>(
    _ order: Int, _ allocator: inout Allocator
  ) -> String? {
    guard let frame = allocator.allocate(Order(order), frameClass, core: core) else {
      return hasFree(order) ? "order \(order) refused although a block is free" : nil
    }
    let frames = frame.index..<frame.index + 1 << order
    guard frames.lowerBound >= start, frames.upperBound <= end,
      frames.lowerBound % frames.count == 0, isAllFree(frames)
    else { return "order \(order) got frames \(frames), which it must not have" }
    mark(frames, free: false)
    add(frame.index, order)
    return nil
  }

  private mutating func free<Allocator: FrameAllocator & ~Copyable>(
    _ choice: Int, _ allocator: inout Allocator
  ) -> String? {
    guard !live.isEmpty else { return nil }
    let (frame, order) = live[choice % live.count]
    allocator.free(FrameNumber(frame), Order(order), core: core)
    mark(frame..<frame + 1 << order, free: true)
    remove(frame)
    return nil
  }

  /// Frees an aligned part of a live block; the rest stays live in its largest aligned blocks.
  private mutating func freePart<Allocator: FrameAllocator & ~Copyable>(
    _ size: Int, _ choice: Int, _ allocator: inout Allocator
  ) -> String? {
    guard !live.isEmpty else { return nil }
    let (frame, order) = live[choice % live.count]
    let part = min(size, order)
    let head = frame + ((choice >> 4) % (1 << (order - part))) << part
    allocator.free(FrameNumber(head), Order(part), core: core)
    remove(frame)
    mark(head..<head + 1 << part, free: true)
    addBlocks(of: frame..<head)
    addBlocks(of: head + 1 << part..<frame + 1 << order)
    return nil
  }

  private mutating func claim<Allocator: FrameAllocator & ~Copyable>(
    _ length: Int, _ choice: Int, _ allocator: inout Allocator
  ) -> String? {
    let first = start + choice % isFree.count
    let frames = first..<min(first + length, end)
    let claimed = allocator.claim(FrameRange(start: FrameNumber(first), count: frames.count))
    guard claimed == isAllFree(frames) else { return "claim of \(frames) gave \(claimed)" }
    if claimed {
      mark(frames, free: false)
      addBlocks(of: frames)
    }
    return nil
  }

  /// Releases a run of live blocks that follow each other, cut at any frame at its end.
  private mutating func release<Allocator: FrameAllocator & ~Copyable>(
    _ choice: Int, _ allocator: inout Allocator
  ) -> String? {
    guard !live.isEmpty else { return nil }
    let first = live[choice % live.count].frame
    var frame = first
    var last = (frame: first, order: 0)
    while frame < end, frame - first < 64, let index = place[frame] {
      last = live[index]
      frame += 1 << last.order
    }
    let kept = (choice >> 4) % (1 << last.order)
    let blocks = first..<frame
    let released = first..<frame - kept
    allocator.release(FrameRange(start: FrameNumber(first), count: released.count))
    for head in blocks where place[head] != nil { remove(head) }
    mark(released, free: true)
    addBlocks(of: released.upperBound..<blocks.upperBound)
    return nil
  }

  /// Everything that the allocator answers against the flags; says what differs, else nil.
  func compare<Allocator: FrameAllocator & ~Copyable>(_ allocator: borrowing Allocator) -> String? {
    guard allocator.freeFrames == freeFrames else {
      return "\(allocator.freeFrames) frames free instead of \(freeFrames)"
    }
    let expected = freeBlocks
    var answered: [Int: Int] = [:]
    allocator.forEachFreeBlock { answered[$0.index] = $1.index }
    guard answered == expected else { return "free blocks \(answered) instead of \(expected)" }
    for order in 0...10 {
      let count = expected.values.count { $0 == order }
      guard allocator.freeBlockCount(Order(order)) == count else {
        return "\(allocator.freeBlockCount(Order(order))) blocks of order \(order), not \(count)"
      }
    }
    for frame in start..<end where allocator.isFree(FrameNumber(frame)) != isFree[frame - start] {
      return "a wrong answer whether frame \(frame) is free"
    }
    // Theory T4: every allocated frame spoils at most one block.
    let huge = allocator.freeBlockCount(.huge) + 2 * allocator.freeBlockCount(.maximum)
    let whole = max(0, end >> 9 - (start + 511) >> 9)
    guard huge >= whole - (isFree.count - freeFrames) else {
      return "\(huge) free 2 MiB blocks: fewer than the allocated frames explain"
    }
    allocator.validate()
    return nil
  }
}
