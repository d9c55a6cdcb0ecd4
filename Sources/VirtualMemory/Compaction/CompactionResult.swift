/// How a run of compaction ended (Linux: enum compact_result).
public enum CompactionResult: String, Hashable, Sendable {
  /// Not begun: too little is free to move pages to, or memory is not in pieces.
  case skipped
  /// Not begun, because it has failed lately.
  case deferred
  /// The scanners met; they had begun at the zone's ends.
  case complete
  /// The scanners met; they had begun in between, or kswapd came in the way.
  case partialSkipped = "partial_skipped"
  /// Given up: no frame to move to could be had.
  case contended
  /// A block of the wanted order is free, or the zone is as tidy as was asked for.
  case success

  /// Whether the scanners met and the wanted block was not there.
  var isFailure: Bool { self == .complete || self == .partialSkipped }
}

/// How much a run of compaction may disturb (Linux: enum migrate_mode). Nothing ever blocks here, so the
/// modes differ in what the scanners look at.
enum CompactionMode: Int, Comparable, Sendable {
  /// Pageblocks of the wanted class alone, and no more of a block than has a chance.
  case async
  case syncLight
  case sync

  static func < (left: CompactionMode, right: CompactionMode) -> Bool {
    left.rawValue < right.rawValue
  }
}
