/// A set-associative structure within an `AssociativeStore`.
struct StoreSection: Hashable, Sendable {
  var firstSlot: Int
  /// A power of two.
  var sets: Int
  var ways: Int

  /// Slots per row: the ways, rounded up to whole vectors of eight.
  var lanes: Int { (ways + 7) & ~7 }
  var slotCount: Int { sets * lanes }

  /// Sections one after the other.
  static func laidOut(_ shapes: [(sets: Int, ways: Int)]) -> [StoreSection] {
    var first = 0
    return shapes.map { shape in
      precondition(
        shape.sets > 0 && shape.sets & (shape.sets - 1) == 0, "sets must be a power of two")
      precondition(shape.ways > 0 && shape.ways <= 4096, "1...4096 ways")
      let section = StoreSection(firstSlot: first, sets: shape.sets, ways: shape.ways)
      first += section.slotCount
      return section
    }
  }
}
