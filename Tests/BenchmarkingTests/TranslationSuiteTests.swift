import Benchmarking
import Testing

@Suite("Streams through the simulated TLBs")
struct TranslationSuiteTests {
  @Test("every stream is verified, and does what its name says")
  func streams() throws {
    let suite = TranslationSuite(repetitions: 1, seed: 3, accesses: 200_000)
    let result = try suite.result { _ in }
    #expect(result.isComplete && result.rows.map(\.pattern) == TranslationPattern.allCases)
    for row in result.rows {
      #expect(row.fault == nil, "\(row.pattern)")
      #expect(row.bestNs.map { $0 > 0 } == true)
      switch row.pattern {
      case .page, .cyclic: #expect(row.firstLevelHitShare > 0.99)
      case .second:
        #expect(row.firstLevelHitShare < 0.02 && row.secondLevelHitShare > 0.9)
      case .worst: #expect(row.walkShare > 0.9 && row.walkReads < 1.1)
      case .uniform: #expect(row.walkShare > 0.7)
      case .skewed: #expect(row.firstLevelHitShare > 0.03 && row.walkShare > 0.3)
      }
    }
  }
}
