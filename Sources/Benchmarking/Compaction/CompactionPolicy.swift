import Fragmentation
import MemoryUnits
public import VirtualMemory

/// How direct compaction comes by a free block.
public enum CompactionPolicy: String, CaseIterable, Codable, Sendable {
  /// Scanners from both ends of the zone.
  case linux
  /// Beyond Linux: the block that takes the fewest moves (theory T10a) is emptied, and no other.
  case planned

  public var planner: BlockPlanner? {
    switch self {
    case .linux: nil
    case .planned:
      BlockPlanner { machine, order in
        var states: [UInt8] = []
        machine.fillStates(&states)
        let plan = BlockPlan([BlockNeed(1, order)], in: [PlanZone(states: states)], .compaction)
        return plan.blocks.first.map {
          FrameRange(start: FrameNumber(Int($0.firstFrame)), count: order.frameCount)
        }
      }
    }
  }
}

/// 2 MiB blocks for callers that wait for them, one by one: half of memory is free at random, and a share
/// of the other half is pinned. Sums over the repetitions.
public struct CompactionDirectRow: Encodable, Sendable {
  public var allocator: String
  public var policy: CompactionPolicy
  public var pinnedShare: Double
  public var asked = 0
  public var obtained = 0
  public var moves: UInt64 = 0
  /// moves(N) for as many blocks before any was asked for (theory T10a).
  public var fewestMoves: UInt64 = 0

  /// Per block that was obtained; nil when none was.
  public var movesPerBlock: Double? { obtained > 0 ? Double(moves) / Double(obtained) : nil }

  init(allocator: String, policy: CompactionPolicy, pinnedShare: Double) {
    self.allocator = allocator
    self.policy = policy
    self.pinnedShare = pinnedShare
  }

  enum CodingKeys: String, CodingKey {
    case allocator, policy, asked, obtained, moves
    case pinnedShare = "pinned_share"
    case fewestMoves = "fewest_moves"
  }
}
