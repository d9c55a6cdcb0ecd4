/// moves(N) for every N: the fewest page moves after which N blocks of an order are free (theory T10a).
///
/// moves(N) is the sum of the used frames of the N cheapest blocks in which every frame can move:
/// moved frames go to free frames outside the chosen blocks, each once, so that no plan with fewer
/// moves exists. Blocks that are free already are the first and cost nothing.
public struct MoveCurve: Hashable, Sendable {
  /// Blocks that cost the same.
  public struct Step: Hashable, Sendable {
    /// Frames to move for each of them.
    public var moves: UInt64
    public var blocks: UInt64

    public init(moves: UInt64, blocks: UInt64) {
      self.moves = moves
      self.blocks = blocks
    }
  }

  /// Cheapest first, one step for each cost.
  public private(set) var steps: [Step]

  /// - Parameter steps: in any order.
  /// - Parameter limit: blocks that the zone has free frames for; the dearest ones beyond it are left
  ///   out, so that every N of the curve is feasible.
  public init(_ steps: [Step], limit: UInt64 = .max) {
    self.steps = []
    var left = limit
    for step in steps.sorted(by: { $0.moves < $1.moves }) where step.blocks > 0 && left > 0 {
      let blocks = min(step.blocks, left)
      left -= blocks
      if let last = self.steps.last, last.moves == step.moves {
        self.steps[self.steps.count - 1].blocks += blocks
      } else {
        self.steps.append(Step(moves: step.moves, blocks: blocks))
      }
    }
  }

  /// The most blocks that can be free at once.
  public var blocks: UInt64 { steps.reduce(0) { $0 + $1.blocks } }

  /// moves(N); nil when so many blocks cannot be freed.
  public func moves(_ wanted: UInt64) -> UInt64? {
    var left = wanted
    var moves: UInt64 = 0
    for step in steps {
      let taken = min(left, step.blocks)
      moves += taken * step.moves
      left -= taken
      if left == 0 { return moves }
    }
    return left == 0 ? moves : nil
  }

  /// That of two zones together: pages move inside their zone only.
  public func joined(_ other: MoveCurve) -> MoveCurve { MoveCurve(steps + other.steps) }
}

extension MoveCurve: Codable {
  /// Pairs of moves per block and blocks.
  public init(from decoder: any Decoder) throws {
    let pairs = try decoder.singleValueContainer().decode([[UInt64]].self)
    guard pairs.allSatisfy({ $0.count == 2 }) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "expected pairs of moves and blocks"))
    }
    self.init(pairs.map { Step(moves: $0[0], blocks: $0[1]) })
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(steps.map { [$0.moves, $0.blocks] })
  }
}
