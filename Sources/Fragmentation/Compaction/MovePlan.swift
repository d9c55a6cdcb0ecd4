public import MemoryUnits

/// moves(N): the fewest page moves after which N more aligned blocks of an order are free, or rather
/// N blocks in all, since blocks that are free already cost nothing.
///
/// moves(N) = sum of the used frames of the N cheapest blocks without an unmovable frame; feasible
/// when the rest of the zone has that many free frames. Moves go from chosen blocks to free frames
/// outside, each frame once, so no plan with fewer moves exists.
public struct MovePlan: Hashable, Sendable {
  /// Indices of the blocks to empty, cheapest first, equal ones by ascending address.
  public let blocks: [Int]
  /// Frames to move.
  public let moves: Int
  /// Free frames of the zone outside the chosen blocks: where the moved frames can go.
  public let freeElsewhere: Int

  public var isFeasible: Bool { freeElsewhere >= moves }

  /// Nil when fewer than `wanted` blocks are without an unmovable frame.
  ///
  /// - Parameter uses: the zone cut into blocks of `order`.
  /// - Parameter freeFrames: free frames of the whole zone, those outside whole blocks included.
  public init?(emptying wanted: Int, of uses: [BlockUse], _ order: Order, freeFrames: Int) {
    let candidates = uses.indices.filter { uses[$0].unmovable == 0 }
    guard wanted >= 0, wanted <= candidates.count else { return nil }
    let sorted = candidates.sorted { left, right in
      (uses[left].movable, left) < (uses[right].movable, right)
    }
    blocks = Array(sorted.prefix(wanted))
    moves = blocks.reduce(0) { $0 + uses[$1].movable }
    freeElsewhere = freeFrames - (wanted * order.frameCount - moves)
  }

  /// Blocks that perfect compaction of the zone would leave free: the smaller of the blocks without an
  /// unmovable frame and the free frames / block size.
  public static func afterPerfectCompaction(
    _ uses: [BlockUse], _ order: Order, freeFrames: Int
  ) -> Int {
    min(uses.count { $0.unmovable == 0 }, freeFrames / order.frameCount)
  }
}
