public import MemoryUnits

/// How many blocks of one order there are now and could be. What the source cannot know is nil.
public struct OrderAvailability: Hashable, Sendable {
  public var order: Order
  /// Whole aligned blocks of the zone: nothing can ever exceed it.
  public var blocks: UInt64?
  /// Blocks whose every frame is in free blocks.
  public var now: UInt64?
  /// Further blocks that only hold frames beside them that cores hold back: free after a drain.
  public var held: UInt64?
  /// Blocks that are free, the held ones too, once reclaim has dropped clean contents of files.
  public var afterReclaim: UInt64?
  /// Blocks after perfect compaction: the smaller of the blocks in which every frame can move and the
  /// free frames / block size (theory T10a).
  public var afterCompaction: BlockBounds?
  /// The same after reclaim has dropped all clean contents of files.
  public var afterBoth: BlockBounds?
  /// Blocks that Linux can make, see `LinuxLimits`: low is what one whole run of compaction leaves
  /// (/proc/sys/vm/compact_memory), high what direct compaction can reach where it lets spoiled blocks
  /// be, so that the two differ also where the source can tell of all frames.
  public var attainable: BlockBounds?
  /// moves(N), N = 1 ... `afterCompaction.low`: unknown frames stay.
  public var moves: MoveCurve?
  /// moves(N), N = 1 ... `afterCompaction.high`, with unknown frames moved like all others; nil where
  /// it is `moves`.
  public var movesIfUnknownMoves: MoveCurve?
  /// Blocks in which a frame lies that stays where it is, or of which the source cannot tell.
  public var blocked: UInt64?
  /// What keeps blocks from becoming free: by kind, then by kind and owner where that is known; those
  /// that spoil most blocks first.
  public var blockers: [Blocker]

  public init(_ order: Order) {
    self.order = order
    blockers = []
  }

  /// Without moves(N), which grows with the memory: for results that keep many.
  public var summary: OrderAvailability {
    var summary = self
    summary.moves = nil
    summary.movesIfUnknownMoves = nil
    return summary
  }

  public func blockers(byOwner: Bool) -> [Blocker] {
    blockers.filter { ($0.owner != nil) == byOwner }
  }
}

extension OrderAvailability: Codable {
  enum CodingKeys: String, CodingKey {
    case order
    case blockBytes = "block_bytes"
    case blocks
    case now = "now_blocks"
    case held = "held_blocks"
    case afterReclaim = "after_reclaim_blocks"
    case afterCompaction = "after_compaction_blocks"
    case afterBoth = "after_reclaim_and_compaction_blocks"
    case attainable = "attainable_by_linux_blocks"
    case moves = "moves_and_blocks"
    case movesIfUnknownMoves = "moves_and_blocks_if_unknown_moves"
    case blocked = "blocked_blocks"
    case blockers = "blocked_by"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(Order(try values.decode(Int.self, forKey: .order)))
    blocks = try values.decodeIfPresent(UInt64.self, forKey: .blocks)
    now = try values.decodeIfPresent(UInt64.self, forKey: .now)
    held = try values.decodeIfPresent(UInt64.self, forKey: .held)
    afterReclaim = try values.decodeIfPresent(UInt64.self, forKey: .afterReclaim)
    afterCompaction = try values.decodeIfPresent(BlockBounds.self, forKey: .afterCompaction)
    afterBoth = try values.decodeIfPresent(BlockBounds.self, forKey: .afterBoth)
    attainable = try values.decodeIfPresent(BlockBounds.self, forKey: .attainable)
    moves = try values.decodeIfPresent(MoveCurve.self, forKey: .moves)
    movesIfUnknownMoves = try values.decodeIfPresent(MoveCurve.self, forKey: .movesIfUnknownMoves)
    blocked = try values.decodeIfPresent(UInt64.self, forKey: .blocked)
    blockers = try values.decodeIfPresent([Blocker].self, forKey: .blockers) ?? []
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(order.index, forKey: .order)
    try values.encode(order.bytes.rawValue, forKey: .blockBytes)
    try values.encodeIfPresent(blocks, forKey: .blocks)
    try values.encodeIfPresent(now, forKey: .now)
    try values.encodeIfPresent(held, forKey: .held)
    try values.encodeIfPresent(afterReclaim, forKey: .afterReclaim)
    try values.encodeIfPresent(afterCompaction, forKey: .afterCompaction)
    try values.encodeIfPresent(afterBoth, forKey: .afterBoth)
    try values.encodeIfPresent(attainable, forKey: .attainable)
    try values.encodeIfPresent(moves, forKey: .moves)
    try values.encodeIfPresent(movesIfUnknownMoves, forKey: .movesIfUnknownMoves)
    try values.encodeIfPresent(blocked, forKey: .blocked)
    try values.encode(blockers, forKey: .blockers)
  }
}
