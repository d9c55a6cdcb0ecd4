internal import Results

extension RunResult {
  /// `3 repetitions`, or of a stopped run `2 of 3 repetitions; interrupted`, and `1 to 2 of 3` where
  /// systems differ.
  var repetitionWords: String {
    let asked = configuration.repetitions
    let name = asked == 1 ? "repetition" : "repetitions"
    guard let incomplete else { return "\(asked) \(name)" }
    let counts = finishedCounts
    let least = counts.min() ?? 0
    let most = counts.max() ?? 0
    let made = least == most ? "\(most)" : "\(least) to \(most)"
    return "\(made) of \(asked) \(name); \(incomplete.reason)"
  }

  /// Whether the figures of its systems rest on different numbers of repetitions.
  var isUneven: Bool { Set(finishedCounts).count > 1 }

  private var finishedCounts: [Int] {
    systems.map(\.repetitions.count).filter { $0 > 0 }
  }
}

extension Report {
  /// `2 repetitions`, to stand beside a system whose figures rest on more or fewer than those of
  /// another; nil where all are alike.
  func repetitionNote(_ entry: Entry) -> String? {
    guard sources[entry.source].result.isUneven else { return nil }
    let count = entry.system.repetitions.count
    return count == 1 ? "1 repetition" : "\(count) repetitions"
  }
}
