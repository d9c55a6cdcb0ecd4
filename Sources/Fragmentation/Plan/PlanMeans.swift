/// What may be done to free blocks.
public enum PlanMeans: String, CaseIterable, Hashable, Sendable, Codable {
  /// Nothing but taking what cores hold back.
  case now
  /// Dropping clean contents of files.
  case reclaim
  /// Moving pages.
  case compaction
  /// Both: clean contents of files in a chosen block are dropped, all else is moved.
  case both

  var drops: Bool { self == .reclaim || self == .both }
  var moves: Bool { self == .compaction || self == .both }
}
