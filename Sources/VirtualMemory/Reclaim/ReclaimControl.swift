/// One run of reclaim: what is wanted, where, and what has come of it (Linux's scan_control).
struct ReclaimControl {
  enum Cause {
    /// kswapd.
    case background
    /// An allocation below min.
    case direct
    /// A group at its limit.
    case group
  }

  let cause: Cause
  /// Frames wanted.
  let target: Int
  /// The only group that is reclaimed from; nil for all.
  var group: Int?
  /// From 12 down to 0: the size of a list / 2^priority is looked at.
  var priority = Self.firstPriority
  /// Nothing is swapped out: only a boost of the watermarks is reclaimed.
  var sparesAnonymous = false
  /// Active lists are shortened even where the inactive ones are long enough.
  var forcesDeactivation = false

  var scanned = 0
  var reclaimed = 0
  /// An active list was left alone.
  var hasSkippedDeactivation = false

  /// DEF_PRIORITY
  static var firstPriority: Int { 12 }

  init(_ cause: Cause, target: Int, group: Int? = nil) {
    self.cause = cause
    self.target = target
    self.group = group
  }
}
