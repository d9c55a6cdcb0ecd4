import Benchmarking
import MemoryUnits
import PageFrames
import Synchronization

/// A list buddy that breaks one promise after a number of allocations.
struct BrokenSubject: BenchmarkSubject, ~Copyable {
  enum Defect: String, CaseIterable {
    case none, overlaps, misaligns, leaves, leaks, loses
    /// Hands out a live block, but only where one block is allocated and freed again and again.
    case lends
    /// Hands out a live block once: the first beyond the blocks that are live in a loop.
    case slips
  }

  let allocator: LockedListBuddy
  let defect: Defect
  let count = Atomic<Int>(0)
  let hasLeaked = Atomic<Bool>(false)
  /// The call from which on it misbehaves.
  let after: Int
  /// Of `lends` and `slips`: a block that stays live, the last one, and how often it came in a row.
  let lent = Atomic<UInt64>(0)
  let previous = Atomic<UInt64>(0)
  let inRow = Atomic<Int>(0)

  init(_ defect: Defect, frames: Int, after: Int) {
    let table = FrameTable(frameCount: frames)
    allocator = LockedListBuddy(FrameRange(start: FrameNumber(0), count: frames), in: table)
    self.defect = defect
    self.after = after
  }

  /// A block is a frame, and what the subject says about it.
  struct Block: BitwiseCopyable, Sendable {
    var frame: FrameNumber
    var shown: UInt64
  }

  func allocate(_ order: Order, core: Int) -> Block? {
    let number = count.add(1, ordering: .relaxed).newValue
    guard let frame = allocator.allocate(order, .movable, core: core) else { return nil }
    let address = UInt64(frame.index) << 12
    if number == after { lent.store(address, ordering: .relaxed) }
    let isSame = previous.exchange(address, ordering: .relaxed) == address
    let pairs = isSame ? inRow.add(1, ordering: .relaxed).newValue : 0
    if !isSame { inRow.store(0, ordering: .relaxed) }
    guard number > after else { return Block(frame: frame, shown: address) }
    let shown =
      switch defect {
      case .overlaps: UInt64(0)
      case .misaligns: address + 4096
      case .leaves: UInt64(1) << 40
      case .lends where pairs > 100: lent.load(ordering: .relaxed)
      case .slips where number == after + 525: lent.load(ordering: .relaxed)
      default: address
      }
    return Block(frame: frame, shown: shown)
  }

  func free(_ block: Block, _ order: Order, core: Int) {
    let number = count.load(ordering: .relaxed)
    if number > after, defect == .leaks || defect == .loses,
      !hasLeaked.exchange(true, ordering: .relaxed)
    {
      return
    }
    allocator.free(block.frame, order, core: core)
  }

  var isTrusted: Bool { defect != .lends }

  func address(of block: Block) -> UInt64 { block.shown }

  var addresses: Range<UInt64>? { 0..<UInt64(allocator.range.bytes.rawValue) }

  /// One that loses memory does not know that it does.
  var freeFrames: Int? { defect == .loses ? nil : allocator.freeFrames }

  func wholeOrder(_ order: Order) -> Order? { .maximum }
}
