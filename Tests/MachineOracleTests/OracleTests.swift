import Testing
import VirtualMemory

/// The host's kernel as the judge of what memory operations do: random sequences of them, in a child
/// process and in a world of ours, give the same results, bytes, areas and present pages.
@Suite(.enabled(if: HostOracle.obstacle == nil, "\(HostOracle.obstacle ?? "")"))
struct OracleTests {
  @Test func aBrokenOracleIsNoExcuse() {
    #expect(throws: HostOracle.Broken.self) { try HostOracle.finish("/no/oracle", [], "") }
    #expect(throws: HostOracle.Broken.self) { try HostOracle.finish("/bin/false", [], "") }
    #expect(throws: Never.self) { try HostOracle.finish("/bin/true", [], "") }
  }

  /// What the machine is checked against in other tests must itself be true.
  @Test func thePlainModelAnswersAsLinuxDoes() throws {
    try compare(Comparer<PlainWorld>(reference: HostOracle()), .all)
  }

  @Test func theMachineAnswersAsLinuxDoes() throws {
    var comparer = Comparer<MachineWorld>(reference: try HostOracle())
    // It reads ahead where a file in memory brings one page.
    comparer.comparesGrowingFiles = false
    // Which faults get huge pages follows the host's free memory (compared in HugeModelTests with the
    // plain model); files have no holes; what lies behind a file's end is cut when the file grows, as on
    // a disk, and files in memory keep it.
    try compare(
      comparer, Generator.Abilities.all.subtracting([.hugeAdvice, .removeAdvice, .tails]))
  }
}

/// The machine under memory pressure, where the host has no swap to compare with: against the plain
/// model, which never lacks memory.
@Suite struct PressureTests {
  @Test func aMachineThatSwapsAnswersAsOneThatNeedNot() throws {
    var comparer = Comparer<SmallMachineWorld>(reference: PlainReference())
    // Which pages are present is what reclaim decides; what they hold is not.
    comparer.rules.states = 0
    let left: Generator.Abilities = [.hugeAdvice, .removeAdvice, .tails, .locks, .lazyFree]
    let abilities = Generator.Abilities.all.subtracting(left).union([.pageOut, .large])
    try compare(comparer, abilities, count: TestRange.count / 10)
    // The test is worth something only when the machine does swap.
    var swapping = 0
    for seed in 1...UInt64(40) {
      let sequence = Generator.sequence(seed: seed, abilities)
      let world = SmallMachineWorld(sequence)
      for operation in sequence.operations { _ = world.perform(operation) }
      if world.machine.counters.pswpout > 0 { swapping += 1 }
    }
    #expect(swapping >= 20, "\(swapping) of 40 sequences swap")
  }
}

func compare(
  _ comparer: Comparer<some World>, _ abilities: Generator.Abilities,
  count: UInt64 = TestRange.count
) throws {
  var operations = 0
  var differences = 0
  let seeds = TestRange.first..<TestRange.first + count
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
  print("\(count) sequences, \(operations) operations, \(differences) differences")
}
