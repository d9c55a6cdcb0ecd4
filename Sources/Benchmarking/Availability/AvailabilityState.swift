import MemoryUnits
import PageFrames

/// What lies in the memory whose availability is asked.
public enum AvailabilityState: String, CaseIterable, Codable, Sendable {
  /// Every frame was written once, and all are free again.
  case free
  /// 2 MiB blocks, each wholly free, one huge page, or full of one kind of page.
  case blocks
  /// Every frame on its own: half free, the others of six kinds at random. No group of eight is alike.
  case scattered

  public var title: String {
    switch self {
    case .free: "all free"
    case .blocks: "2 MiB blocks of one kind each"
    case .scattered: "every frame at random"
    }
  }

  /// Memory in this state, every descriptor of it written.
  func memory(frames: Int, seed: UInt64) -> ListBuddyMemory {
    var memory = ListBuddyMemory(frameCount: frames, watermarks: .none)
    let kinds: [FrameState] = [.movable, .movable, .fileCache, .hugePage, .slab, .pageTable]
    var generator = SplitMix64(seed: seed)
    var kept = 0
    // From the top down, so that what comes last lies below: blocks are handed out in ascending order.
    while true {
      let kind = kinds[Int(generator.next(upperBound: UInt64(kinds.count)))]
      let order: Order = self == .scattered ? .base : .huge
      guard
        let frame = memory.allocate(
          order, .movable, owner: FrameOwner(state: kind, object: UInt32(kept & 0xffff)))
      else { break }
      if kind == .fileCache, kept & 1 == 1 { memory.frames.set(.dirty, of: frame) }
      kept += 1
    }
    let order: Order = self == .scattered ? .base : .huge
    for frame in stride(from: 0, to: frames, by: order.frameCount)
    where self == .free || generator.next(upperBound: 2) == 0 {
      memory.free(FrameNumber(frame), order)
    }
    return memory
  }
}
