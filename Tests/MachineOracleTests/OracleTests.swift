import Testing

/// The host's kernel as the judge of what memory operations do: random sequences of them, in a child
/// process and in a world of ours, give the same results, bytes, areas and present pages.
@Suite(.enabled(if: HostOracle.obstacle == nil, "\(HostOracle.obstacle ?? "")"))
struct OracleTests {
  /// What the machine is checked against in other tests must itself be true.
  @Test func thePlainModelAnswersAsLinuxDoes() throws {
    try compare(Comparer<PlainWorld>(oracle: HostOracle()), .all)
  }

  @Test func theMachineAnswersAsLinuxDoes() throws {
    var comparer = Comparer<MachineWorld>(oracle: try HostOracle())
    // It reads ahead where a file in memory brings one page.
    comparer.comparesGrowingFiles = false
    // Huge pages and holes in files are not there yet; what lies behind a file's end is cut when the
    // file grows, as on a disk, and files in memory keep it.
    try compare(
      comparer, Generator.Abilities.all.subtracting([.hugeAdvice, .removeAdvice, .tails]))
  }

  private func compare(
    _ comparer: Comparer<some World>, _ abilities: Generator.Abilities
  ) throws {
    var operations = 0
    var differences = 0
    let seeds = TestRange.first..<TestRange.first + TestRange.count
    for begin in stride(from: seeds.lowerBound, to: seeds.upperBound, by: 50) {
      let sequences = (begin..<min(begin + 50, seeds.upperBound)).map {
        Generator.sequence(seed: $0, abilities)
      }
      operations += sequences.reduce(0) { $0 + $1.operations.count }
      if let difference = try comparer.firstDifference(sequences) {
        Issue.record("\(difference)")
        differences += 1
        if differences == 4 { return }
      }
    }
    print("\(TestRange.count) sequences, \(operations) operations, \(differences) differences")
  }
}
