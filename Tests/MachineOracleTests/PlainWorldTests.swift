import Testing

/// The plain model against the host's kernel. What it says is what a machine is checked against, so it
/// must itself be true.
@Suite struct PlainWorldTests {
  @Test func theModelAnswersAsLinuxDoes() throws {
    let oracle = try HostOracle()
    let comparer = Comparer<PlainWorld>(oracle: oracle)
    var operations = 0
    var differences = 0
    for begin in stride(from: TestRange.first, to: TestRange.first + TestRange.count, by: 50) {
      let seeds = begin..<min(begin + 50, TestRange.first + TestRange.count)
      let sequences = seeds.map { Generator.sequence(seed: $0) }
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
