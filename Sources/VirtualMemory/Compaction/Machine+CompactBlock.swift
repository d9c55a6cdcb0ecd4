public import MemoryUnits
internal import PageFrames

/// Chooses the block that direct compaction empties: beyond Linux, whose scanners know no block before
/// they have walked over it.
public struct BlockPlanner: Sendable {
  /// A block of the order, aligned; nil when none can be emptied.
  public typealias Choice = @Sendable (borrowing Machine, Order) -> FrameRange?

  let choice: Choice

  public init(_ choice: @escaping Choice) { self.choice = choice }
}

extension Machine {
  /// Sets how direct compaction finds its block; nil, as at the start, for Linux's scanners.
  public mutating func setBlockPlanner(_ planner: BlockPlanner?) { compaction.planner = planner }

  /// Moves all pages out of a range, which is free then; nothing is reclaimed for them. False when one of
  /// them stays or finds no frame outside: those that had moved stay where they are.
  @discardableResult
  public mutating func compact(_ range: FrameRange) -> Bool {
    guard allocateContiguous(range, reclaims: false) == .claimed else { return false }
    memory.release(range)
    return true
  }

  /// What a planner chose, emptied; nil without a planner.
  mutating func compactPlanned(_ order: Order) -> CompactionResult? {
    guard let planner = compaction.planner else { return nil }
    guard !hasBlock(order, leaving: memory.zone.watermarks.min) else { return .success }
    guard let block = planner.choice(self, order) else { return .skipped }
    return compact(block) ? .success : .contended
  }
}
