internal import Results

/// Two systems that a sentence ranks by a figure.
struct RankedPair: Sendable {
  var key: FindingKey
  var moment: Findings.Moment
  var first: Report.Entry
  var second: Report.Entry

  /// Nil when one of the systems does not know the figure.
  var comparison: Comparison? { Comparison(key, at: moment, first.system, second.system) }

  /// Whether copies stand where a sample should.
  var isConstant: Bool { comparison?.verdict == .constant }

  /// Whether both systems have the same figure in all repetitions.
  var isSameThroughout: Bool {
    [first, second].allSatisfy { $0.estimate(key, moment)?.isConstant == true }
  }

  /// Whether the difference may be noise; equal figures are no difference.
  var isUnclear: Bool {
    guard let comparison else { return true }
    return comparison.verdict != .differs && comparison.difference != 0
  }
}
