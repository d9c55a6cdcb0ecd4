import Foundation
import Testing

/// The simulated machine against the host's kernel.
@Suite struct MachineWorldTests {
  /// Only what both worlds can do.
  static let abilities: Generator.Abilities = [
    .fork, .files, .truncate, .growsDown, .otherAdvice,
  ]

  @Test func theMachineAnswersAsLinuxDoes() throws {
    let oracle = try HostOracle()
    var comparer = Comparer<MachineWorld>(oracle: oracle)
    comparer.comparesGrowingFiles = false
    var operations = 0
    var differences = 0
    let seeds = TestRange.first..<TestRange.first + TestRange.count
    for begin in stride(from: seeds.lowerBound, to: seeds.upperBound, by: 50) {
      let sequences = (begin..<min(begin + 50, seeds.upperBound)).map {
        Generator.sequence(seed: $0, Self.abilities)
      }
      operations += sequences.reduce(0) { $0 + $1.operations.count }
      if let difference = try comparer.firstDifference(sequences) {
        Issue.record("\(difference)")
        differences += 1
        if differences == 4 { return }
      }
    }
    print("\(TestRange.count) sequences, \(operations) operations")
  }
}

/// How much an ordinary run does, and a long one.
enum TestRange {
  static let isLong = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] != nil
  /// The first seed and the number of sequences, for a closer look at one.
  static let first = UInt64(ProcessInfo.processInfo.environment["ORACLE_SEED"] ?? "1") ?? 1
  static let count =
    UInt64(ProcessInfo.processInfo.environment["ORACLE_COUNT"] ?? "")
    ?? (isLong ? 100_000 : 1_500)
}
