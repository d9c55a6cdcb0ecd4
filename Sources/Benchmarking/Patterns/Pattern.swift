/// In which order blocks are allocated and freed. "Half" is half of all blocks of the row's order.
public enum Pattern: String, CaseIterable, Codable, Sendable {
  /// Allocate half, free it in the order of allocation.
  case bulk
  /// Allocate half, free it in reverse order.
  case lifo
  /// Half is allocated; allocate one block and free it, again and again.
  case `repeat`
  /// Allocate half, free it in random order; with several threads, in an order shuffled over the
  /// blocks of all of them, so that cores free what others allocated.
  case random
  /// Half is allocated, and shuffled over all threads; free a random block, allocate another, once for
  /// each of them. The order is made before, so that finding the next block to free costs nothing.
  case churn
  /// Allocate 99 %, free it in the order of allocation.
  case fill
  /// Memory filled at random to 63/64, so that a 2 MiB block has 8 free frames on average; allocate
  /// half of what is free. Every eighth allocation has to search for another block.
  case refill

  /// One line for the help and for the foot of a table.
  public var summary: String {
    switch self {
    case .bulk: "allocate half of memory, free it in the order of allocation"
    case .lifo: "allocate half of memory, free it in reverse order"
    case .repeat: "half full; allocate one block and free it, in a loop"
    case .random: "allocate half of memory, free it in random order, over all threads' blocks"
    case .churn: "half full and shuffled; free a random block, allocate another, once each"
    case .fill: "allocate 99 % of memory, free it in the order of allocation"
    case .refill: "filled at random to 63/64; allocate half of the rest: a search every 8 blocks"
    }
  }

  /// Whether its figure is one per pair of free and allocation, and not one for each.
  public var isPaired: Bool { self == .repeat || self == .churn }

  /// Calls behind the one figure that a row is judged by (`BenchmarkRow.figureNs`).
  var operationsPerFigure: Double { self == .random || self == .refill ? 1 : 2 }
}
