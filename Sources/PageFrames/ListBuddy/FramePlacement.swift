public import MemoryUnits

/// Which free block of the smallest sufficient order is handed out.
@frozen
public enum FramePlacement: UInt8, CaseIterable, Sendable {
  /// The one that was freed last, as Linux does; constant time.
  case newestFirst = 0
  /// The one with the lowest address. Keeps every free list sorted, so that an insertion takes time
  /// in proportion to the length of the list: for theory and small machines.
  case lowestAddressFirst = 1

  public static let parameter = Parameter<FramePlacement>(
    name: "placement", range: "newest_first, lowest_address_first", defaultValue: .newestFirst,
    summary: "Which free block of the smallest sufficient order is handed out.")
}
