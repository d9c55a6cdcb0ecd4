import Benchmarking
import MemoryUnits
import Results
import Testing
import VirtualMemory

@Suite("The suite of builds and bursts")
struct MixSuiteTests {
  /// A load that misses a tenth of all huge pages more with every seed, and with defrag_mode a quarter
  /// of that.
  private static func suite(rounds: Int = 3, repetitions: Int = 3) -> MixSuite {
    MixSuite(
      memory: ByteCount(1 << 30), rounds: rounds, repetitions: repetitions, seed: 1
    ) { allocator, seed, finished in
      let missed = 40 * Int(seed) / (allocator.rawValue == "linux-6.18" ? 1 : 4)
      let round = MixRepetition.Round(
        faults: 400, huge: 400 - missed, unmovableShare: 0.5, mixedShare: 0.25)
      for _ in 0..<rounds { try finished() }
      return MixRepetition(rounds: Array(repeating: round, count: rounds), vmstat: [:])
    }
  }

  @Test("fallback and its fall are those of the rounds")
  func figures() throws {
    var steps: [Int] = []
    let result = try Self.suite().result { steps.append($0.done) }
    #expect(result.isComplete)
    #expect(result.rows.map(\.policy) == ["linux-6.18", "linux-6.18,defrag_mode=1"])
    #expect(abs(try #require(result.rows[0].fallback).mean - 0.2) < 1e-9)
    #expect(abs(try #require(result.reduction).mean - 0.75) < 1e-9)
    let last = try #require(result.rows[1].estimate(\.hugeShare, round: 2))
    #expect(abs(last.mean - 0.95) < 1e-9 && last.halfWidth ?? 0 > 0)
    #expect(steps == steps.sorted() && steps.last == 2 * 3 * 3)
  }

  @Test("a suite that is stopped has the runs that were finished, and says that it is incomplete")
  func stopped() throws {
    // Ctrl-C is not forgotten.
    var isStopped = false
    let result = try Self.suite().result {
      isStopped = isStopped || $0.done == 4
      if isStopped { throw CancellationError() }
    }
    #expect(!result.isComplete && result.rows.map(\.repetitions.count) == [1])
    #expect(result.reduction == nil)
    #expect(throws: CancellationError.self) {
      _ = try Self.suite().result { _ in throw CancellationError() }
    }
  }
}
