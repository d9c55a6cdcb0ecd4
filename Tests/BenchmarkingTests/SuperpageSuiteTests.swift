import Benchmarking
import MemoryUnits
import Results
import Testing

@Suite("The superpage experiment")
struct SuperpageSuiteTests {
  private static let plan = SuperpageCase(memory: ByteCount(256 << 20), rounds: 6)

  @Test("the kernel's frames lie in fewer 2 MiB and fewer superpageblocks than under Linux")
  func fewer() throws {
    let suite = SuperpageSuite(Self.plan, repetitions: 3, seed: 11)
    let result = try suite.result { _ in }
    #expect(result.isComplete && result.rows.count == SuperpagePolicy.allCases.count)
    func mean(_ policy: SuperpagePolicy, _ path: KeyPath<SuperpageRepetition, Int>) throws -> Double
    {
      let row = try #require(result.rows.first { $0.policy == policy })
      #expect(row.fault == nil, "\(policy)")
      return try #require(row.estimate(path)).mean
    }
    #expect(try mean(.contiguitas, \.kernelBlocks) < mean(.linux, \.kernelBlocks))
    #expect(try mean(.linux, \.kernelBlocks) < mean(.listBuddy, \.kernelBlocks))
    for policy in [SuperpagePolicy.contiguitas, .superpageblocks] {
      #expect(
        try mean(policy, \.taintedSuperpageblocks) < mean(.linux, \.taintedSuperpageblocks),
        "\(policy)")
      #expect(try mean(policy, \.superpageblocks) > mean(.linux, \.superpageblocks), "\(policy)")
      #expect(try mean(policy, \.moved) > 0, "\(policy)")
    }
    #expect(try mean(.linux, \.refused) == 0 && mean(.superpageblocks, \.refused) == 0)
  }

  @Test("the same seed gives the same figures, another one others")
  func repeats() throws {
    let runs = try [1, 1, 2].map { seed in
      try SuperpageSuite(Self.plan, policies: [.superpageblocks], repetitions: 1, seed: seed)
        .result { _ in }.rows[0].repetitions
    }
    #expect(runs[0] == runs[1] && runs[0] != runs[2])
  }

  @Test("a suite that is stopped has what was measured, and says that it is incomplete")
  func stopped() throws {
    let suite = SuperpageSuite(Self.plan, repetitions: 2)
    let result = try suite.result { if $0.done == 2 { throw CancellationError() } }
    #expect(!result.isComplete && result.rows.map(\.policy) == [.listBuddy, .linux])
    #expect(throws: CancellationError.self) {
      _ = try suite.result { _ in throw CancellationError() }
    }
  }

  @Test("superpageblocks are 1 GiB, or an eighth of a smaller memory")
  func order() {
    #expect(SuperpageCase(memory: ByteCount(16 << 30)).superpageblockOrder == 18)
    #expect(Self.plan.superpageblockOrder == 13 && Self.plan.superpageblock == ByteCount(32 << 20))
  }
}
