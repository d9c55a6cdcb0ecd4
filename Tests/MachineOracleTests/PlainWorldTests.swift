import Foundation
import Testing

/// The plain model against the host's kernel. What it says is what a machine is checked against, so it
/// must itself be true.
@Suite struct PlainWorldTests {
  static let isLong = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] != nil
  /// The first seed and the number of sequences, for a closer look at one.
  static let first = UInt64(ProcessInfo.processInfo.environment["ORACLE_SEED"] ?? "1") ?? 1
  static let count =
    UInt64(ProcessInfo.processInfo.environment["ORACLE_COUNT"] ?? "")
    ?? (isLong ? 100_000 : 1_500)

  @Test func theModelAnswersAsLinuxDoes() throws {
    let oracle = try HostOracle()
    let comparer = Comparer<PlainWorld>(oracle: oracle)
    var operations = 0
    for begin in stride(from: Self.first, to: Self.first + Self.count, by: 50) {
      let seeds = begin..<min(begin + 50, Self.first + Self.count)
      let sequences = seeds.map { Generator.sequence(seed: $0) }
      operations += sequences.reduce(0) { $0 + $1.operations.count }
      if let difference = try comparer.firstDifference(sequences) {
        Issue.record("\(difference)")
        return
      }
    }
    print("\(Self.count) sequences, \(operations) operations")
  }
}
