import MemoryUnits

/// One step of a random test. Its numbers are read modulo what is possible at its turn, so that any
/// subsequence of a sequence is a legal sequence too: what shrinking needs.
struct FrameOperation: CustomStringConvertible {
  enum Kind: UInt8 {
    case allocate, free, freePart, claim, release
  }

  var kind: Kind
  /// Order for allocations and parts, length for claims and releases.
  var size: Int
  /// Picks a live block or a frame.
  var choice: Int

  var description: String { ".init(kind: .\(kind), size: \(size), choice: \(choice))" }

  init(kind: Kind, size: Int, choice: Int) {
    self.kind = kind
    self.size = size
    self.choice = choice
  }

  /// Small orders and frees are frequent, so that memory stays in motion around `fill` of it.
  static func random(_ generator: inout SplitMix64, growing: Bool) -> FrameOperation {
    let dice = Int(generator.next(upperBound: 100))
    let kind: Kind =
      switch dice {
      case ..<3: .claim
      case ..<6: .release
      case ..<12: .freePart
      case ..<(growing ? 70 : 42): .allocate
      default: .free
      }
    // Each order is half as frequent as the one below.
    let order = min(10, generator.next().trailingZeroBitCount)
    let length = 1 + Int(generator.next(upperBound: 60))
    return FrameOperation(
      kind: kind, size: kind == .claim || kind == .release ? length : order,
      choice: Int(generator.next() >> 40))
  }
}
