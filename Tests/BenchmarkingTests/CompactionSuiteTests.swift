import Benchmarking
import MemoryUnits
import Testing
import VirtualMemory

@Suite("Compaction suite")
struct CompactionSuiteTests {
  @Test("moves, plans and recovers on every allocator, and verifies it")
  func everything() throws {
    let suite = CompactionSuite(memory: ByteCount(64 << 20), rounds: 3, repetitions: 1, seed: 1) {
      CompactionRecipeRow(
        allocator: $0.rawValue, proactiveness: $1, obtainedShare: 1, medianNs: 1, stalls: 0)
    }
    let result = try suite.result { _ in }
    #expect(result.fault == nil && result.isComplete)
    #expect(result.speed.count == 6 && result.recipe.count == 4)
    for row in result.speed {
      #expect(row.moves > 0 && row.ns.min > 0)
      #expect((row.floorNs != nil) == row.keepsContents)
    }
    for row in result.plan {
      #expect(row.achieved <= row.perfect && row.planned <= row.perfect, "\(row)")
      // One block of slack, as memory is small.
      #expect(Double(row.achieved + 1) >= 0.95 * Double(row.planned), "\(row)")
    }
    for row in result.recovery {
      #expect(row.after >= row.before && row.after <= row.idealBlocks, "\(row)")
      #expect(row.moves >= row.fewestMoves ?? 0, "\(row)")
    }
    for row in result.direct {
      #expect(row.obtained <= row.asked, "\(row)")
      #expect(row.moves >= row.fewestMoves, "\(row)")
    }
    // Each of the six cases first by Linux, then planned.
    #expect(result.direct.count == 12)
    for pair in 0..<6 {
      let (linux, planned) = (result.direct[2 * pair], result.direct[2 * pair + 1])
      #expect(linux.policy == .linux && planned.policy == .planned)
      #expect(planned.obtained == planned.asked, "\(planned)")
      // The scanners may find no block in so small a memory.
      let most = linux.movesPerBlock ?? .infinity
      #expect(try #require(planned.movesPerBlock) <= most, "\(linux), \(planned)")
    }
  }
}
