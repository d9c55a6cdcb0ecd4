import Fragmentation
import MemoryUnits
import Testing

@Suite("Page moves, theory T10a and T10b")
struct MovePlanTests {
  /// Every choice of `wanted` blocks without an unmovable frame whose moves fit elsewhere.
  static func fewestMoves(_ uses: [BlockUse], wanted: Int, size: Int) -> (fits: Int?, any: Int?) {
    var fits: Int?
    var any: Int?
    for chosen in 0..<1 << uses.count where chosen.nonzeroBitCount == wanted {
      var moves = 0
      var free = 0
      var allowed = true
      for (index, use) in uses.enumerated() {
        if chosen >> index & 1 == 1 {
          moves += use.movable
          allowed = allowed && use.unmovable == 0
        } else {
          free += size - use.movable - use.unmovable
        }
      }
      guard allowed else { continue }
      any = min(any ?? moves, moves)
      if moves <= free { fits = min(fits ?? moves, moves) }
    }
    return (fits, any)
  }

  @Test("the plan is the best of all choices, in every zone of four blocks of two frames")
  func exhaustive() {
    // A block of two frames: 0, 1, 2 movable, with none or one unmovable where it fits.
    let kinds = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (0, 2)].map {
      BlockUse(movable: $0.0, unmovable: $0.1)
    }
    var zones = 0
    for code in 0..<6 * 6 * 6 * 6 {
      let uses = [code % 6, code / 6 % 6, code / 36 % 6, code / 216].map { kinds[$0] }
      let free = uses.reduce(0) { $0 + 2 - $1.movable - $1.unmovable }
      for wanted in 0...4 {
        let best = Self.fewestMoves(uses, wanted: wanted, size: 2)
        let plan = MovePlan(emptying: wanted, of: uses, Order(1), freeFrames: free)
        #expect(plan?.moves == best.any)
        #expect((plan?.isFeasible == true ? plan?.moves : nil) == best.fits)
        let most = MovePlan.afterPerfectCompaction(uses, Order(1), freeFrames: free)
        #expect((wanted <= most) == (best.fits != nil))
      }
      zones += 1
    }
    #expect(zones == 1296)
  }

  @Test("LLFree's copies of 300 and 400 used frames are 112, the fewest moves for as many blocks 0")
  func copies() {
    #expect(LLFreeCopies.count(used: [300, 400], .huge) == 112)
    #expect(LLFreeCopies.count(used: [400, 100, 0, 512], .huge) == 100)
    #expect(LLFreeCopies.count(used: [], .huge) == 0 && LLFreeCopies.count(used: [7], .huge) == 0)
    let uses = [BlockUse(movable: 300, unmovable: 0), BlockUse(movable: 400, unmovable: 0)]
    let most = MovePlan.afterPerfectCompaction(uses, .huge, freeFrames: 324)
    #expect(MovePlan(emptying: most, of: uses, .huge, freeFrames: 324)?.moves == 0)
  }
}
