public import MemoryUnits

/// How many contiguous blocks a memory has and could have, of every order from 3 (32 KiB) to 18 (1 GiB),
/// per zone: the one answer that simulation, host and replay give alike.
///
/// Available now and held by cores; after reclaim; after perfect compaction; attainable by Linux;
/// moves(N); and what stands in the way. What a source cannot know is nil, never 0; where it cannot
/// tell of single frames, the answer is an interval.
public struct Availability: Hashable, Sendable, Codable {
  public var zones: [ZoneAvailability]

  public init(zones: [ZoneAvailability]) { self.zones = zones }

  /// All zones together; nil without any.
  public var total: ZoneAvailability? {
    guard var sum = zones.first else { return nil }
    for zone in zones.dropFirst() { sum = sum.joined(zone) }
    return sum
  }

  /// All zones together; nil when nothing is known of the order.
  public subscript(order: Order) -> OrderAvailability? {
    var sum: OrderAvailability?
    for zone in zones {
      guard let part = zone[order] else { continue }
      sum = sum?.joined(part) ?? part
    }
    return sum
  }
}

extension ZoneAvailability {
  /// Two zones together. What one of them does not know is unknown of both.
  public func joined(_ other: ZoneAvailability) -> ZoneAvailability {
    var sum = self
    sum.node = node == other.node ? node : nil
    sum.name = name == other.name ? name : "all"
    sum.freeFrames += other.freeFrames
    sum.frames = both(frames, other.frames) { $0.merging($1, uniquingKeysWith: +) }
    sum.heldFrames = both(heldFrames, other.heldFrames, +)
    sum.limits = both(limits, other.limits) {
      LinuxLimits(min: $0.min + $1.min, low: $0.low + $1.low)
    }
    sum.orders = orders.compactMap { mine in
      other[mine.order].map { mine.joined($0) }
    }
    return sum
  }
}

extension OrderAvailability {
  func joined(_ other: OrderAvailability) -> OrderAvailability {
    var sum = self
    sum.blocks = both(blocks, other.blocks, +)
    sum.now = both(now, other.now, +)
    sum.held = both(held, other.held, +)
    sum.afterReclaim = both(afterReclaim, other.afterReclaim, +)
    sum.afterCompaction = both(afterCompaction, other.afterCompaction, +)
    sum.afterBoth = both(afterBoth, other.afterBoth, +)
    sum.attainable = both(attainable, other.attainable, +)
    sum.moves = both(moves, other.moves) { $0.joined($1) }
    if movesIfUnknownMoves != nil || other.movesIfUnknownMoves != nil {
      sum.movesIfUnknownMoves = both(
        movesIfUnknownMoves ?? moves, other.movesIfUnknownMoves ?? other.moves
      ) { $0.joined($1) }
    }
    sum.blocked = both(blocked, other.blocked, +)
    sum.blockers = Blocker.joined(blockers + other.blockers)
    return sum
  }
}

extension Blocker {
  /// Those of the same kind and owner become one.
  static func joined(_ blockers: [Blocker]) -> [Blocker] {
    struct Key: Hashable {
      var kind: FrameState
      var owner: String?
    }
    var sums: [Key: Blocker] = [:]
    for blocker in blockers {
      let key = Key(kind: blocker.kind, owner: blocker.owner)
      if var sum = sums[key] {
        sum.frames += blocker.frames
        sum.blocks += blocker.blocks
        sum.blocksAlone += blocker.blocksAlone
        sums[key] = sum
      } else {
        sums[key] = blocker
      }
    }
    return worstFirst(sums.values.filter { $0.owner == nil })
      + worstFirst(sums.values.filter { $0.owner != nil })
  }
}

private func both<Value>(
  _ left: Value?, _ right: Value?, _ join: (Value, Value) -> Value
) -> Value? {
  guard let left, let right else { return nil }
  return join(left, right)
}
