import Aging
import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("The published recipe of proactive compaction")
struct ProactiveRecipeTests {
  private func run(proactiveness: Int, zeroing: Bool = true) throws -> ProactiveRecipe.Answer {
    // 512 MiB, watermarks in proportion to those of 24 GiB.
    var recipe = ProactiveRecipe(frames: 131_072, proactiveness: proactiveness)
    recipe.configuration.watermarks = Watermarks(min: 350, low: 440, high: 530)
    if !zeroing { recipe.configuration.costs.zeroHugePage = 0 }
    return try recipe.run()
  }

  @Test("with compaction nearly all free memory is had as huge pages")
  func obtained() throws {
    for proactiveness in [0, 20, 100] {
      let answer = try run(proactiveness: proactiveness)
      #expect(
        answer.obtained >= 0.95,
        "proactiveness \(proactiveness): \(answer.hugePages) of \(answer.asked), \(answer.moves) moves"
      )
      // A block of which a quarter is used costs 128 moves.
      #expect(
        answer.moves <= 140 * answer.hugePages,
        "proactiveness \(proactiveness): \(answer.moves) moves for \(answer.hugePages)")
    }
  }

  @Test("with zeroing p50 is within a factor 2 of the host's: 667-716 us, done ahead 186-208 us")
  func againstHost() throws {
    let none = try #require(try run(proactiveness: 0).latency(percentile: 50))
    let much = try #require(try run(proactiveness: 100).latency(percentile: 50))
    #expect((350_000...1_400_000).contains(none), "\(none) ns")
    #expect((97_000...400_000).contains(much), "\(much) ns")
  }

  @Test("done ahead, faults no longer wait for it: without zeroing p50 falls at least 20 x")
  func latency() throws {
    let none = try run(proactiveness: 0, zeroing: false)
    let much = try run(proactiveness: 100, zeroing: false)
    #expect(none.movesAhead == 0 && none.stalls > 0)
    #expect(much.movesAhead > 0 && much.stalls * 20 <= none.stalls, "\(much.stalls) stalls")
    let slow = try #require(none.latency(percentile: 50))
    let fast = try #require(much.latency(percentile: 50))
    #expect(fast * 20 <= slow, "\(fast) ns against \(slow) ns")
  }
}
