import MemoryUnits

/// Which blocks to free so that a need is met, with the fewest page moves.
///
/// For one need no plan moves fewer pages (theory T10a): a block is emptied as a whole or not at all,
/// each of its frames in use moves once, to a free frame of its zone outside the chosen blocks; so the
/// cheapest blocks are the best, as many in each zone as it has room for. Of equally cheap ones those
/// with less to drop come first, then lower zones and addresses. Of several needs the largest order is
/// served first and the others from what it leaves: each step is the best one, all together may not be.
public struct BlockPlan: Hashable, Sendable, Codable {
  /// One block to be freed.
  public struct Block: Hashable, Sendable, Codable {
    /// Index of the zone.
    public var zone: Int
    public var firstFrame: UInt64
    public var order: Int
    /// Pages to move out of it.
    public var moves: Int
    /// Clean pages of files to drop in it.
    public var drops: Int

    enum CodingKeys: String, CodingKey {
      case zone, order, moves, drops
      case firstFrame = "first_frame"
    }
  }

  /// In the order in which they were chosen.
  public private(set) var blocks: [Block] = []
  public private(set) var moves = 0
  /// Clean pages to drop: in the blocks, and elsewhere where moved pages need the room.
  public private(set) var drops = 0
  public let means: PlanMeans
  /// Whether frames count as movable of which the source cannot tell.
  public let unknownMoves: Bool
  /// What cannot be had, by need; empty when the plan meets all of them.
  public private(set) var missing: [BlockNeed] = []

  public var isComplete: Bool { missing.isEmpty }

  enum CodingKeys: String, CodingKey {
    case blocks, moves, drops, means, missing
    case unknownMoves = "unknown_frames_move"
  }

  public func nanoseconds(_ costs: MoveCosts) -> UInt64 {
    UInt64(moves) * costs.moveNs + UInt64(drops) * costs.dropNs
  }

  /// As much of the needs as the means can free.
  public init(
    _ needs: [BlockNeed], in zones: [PlanZone], _ means: PlanMeans, unknownMoves: Bool = false
  ) {
    self.means = means
    self.unknownMoves = unknownMoves
    var work = zones.map { Work(zone: $0, left: $0.room(means)) }
    for need in needs.sorted(by: { $0.order > $1.order }) {
      let found = choose(need, &work)
      if found < need.count { missing.append(BlockNeed(need.count - found, need.order)) }
    }
    for zone in work { drops += zone.furtherDrops }
  }

  /// A zone while blocks are chosen.
  private struct Work {
    let zone: PlanZone
    /// Frames that may still become free blocks: what was free or dropped, less the chosen blocks.
    var left: Int
    /// Chosen blocks by first frame.
    var chosen: [(first: Int, count: Int)] = []
    var moves = 0

    /// Blocks of an order that lie in chosen ones.
    func taken(_ order: Int) -> Set<Int> {
      var blocks = Set<Int>()
      for block in chosen {
        blocks.formUnion(block.first >> order..<(block.first + block.count) >> order)
      }
      return blocks
    }

    /// Clean pages outside the chosen blocks that must go so that all moved pages find room.
    var furtherDrops: Int {
      guard moves > 0 else { return 0 }
      var free = zone.count(.free, in: zone.states.indices)
      free += zone.count(.heldByCore, in: zone.states.indices)
      for block in chosen {
        let first = block.first - zone.start.index
        free -= zone.count(.free, in: first..<first + block.count)
        free -= zone.count(.heldByCore, in: first..<first + block.count)
      }
      return max(0, moves - free)
    }
  }

  /// Chooses the cheapest blocks for one need; returns how many there are.
  private mutating func choose(_ need: BlockNeed, _ work: inout [Work]) -> Int {
    var offers: [(zone: Int, candidate: PlanZone.Candidate)] = []
    for zone in work.indices {
      let taken = work[zone].taken(need.order.index)
      for candidate in work[zone].zone.candidates(need.order, means, unknownMoves: unknownMoves)
      where !taken.contains(candidate.block) { offers.append((zone, candidate)) }
    }
    offers.sort { left, right in
      (left.candidate.moves, left.candidate.drops, left.zone, left.candidate.block)
        < (right.candidate.moves, right.candidate.drops, right.zone, right.candidate.block)
    }
    var found = 0
    let size = need.order.frameCount
    for (zone, candidate) in offers where work[zone].left >= size {
      if found == need.count { break }
      found += 1
      let first = candidate.block << need.order.index
      work[zone].left -= size
      work[zone].moves += candidate.moves
      work[zone].chosen.append((first, size))
      blocks.append(
        Block(
          zone: zone, firstFrame: UInt64(first), order: need.order.index, moves: candidate.moves,
          drops: candidate.drops))
      moves += candidate.moves
      drops += candidate.drops
    }
    return found
  }
}
