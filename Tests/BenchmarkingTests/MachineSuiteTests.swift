import Benchmarking
import Testing

@Suite("Machine suite")
struct MachineSuiteTests {
  @Test("measures and verifies every operation, and says what was asked")
  func everything() throws {
    let result = try MachineSuite(pages: 2048, repetitions: 2).result { _ in }
    #expect(result.fault == nil)
    #expect(result.isComplete && result.repetitions == 2)
    #expect(result.rows.map(\.operation) == MachineOperation.allCases)
    for row in result.rows {
      #expect(row.ns.min > 0 && row.ns.min <= row.ns.median && row.ns.median <= row.ns.max)
      #expect((row.floorRatio != nil) == row.operation.hasFloor)
    }
  }
}
