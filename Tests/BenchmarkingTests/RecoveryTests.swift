import Benchmarking
import MemoryUnits
import Testing

@Suite("The recovery experiment as a benchmark")
struct RecoveryTests {
  static let plan = RecoveryCase(memory: ByteCount(64 << 20), rounds: 100)

  private func run(
    _ defect: BrokenSubject.Defect, _ plan: RecoveryCase = plan
  ) throws -> RecoveryRepetition {
    let frames = plan.memoryBytes >> 12
    return try RecoveryRun(
      BrokenSubject(defect, frames: frames, after: frames + 100), plan, seed: 5
    ).run()
  }

  @Test("a classic buddy system does not recover, a tidy one does")
  func recovers() throws {
    let recoverRows = try #require(BenchmarkSystem.rowBuddy.recover)
    let recoverLists = try #require(BenchmarkSystem.listBuddy.recover)
    let tidy = try recoverRows(Self.plan, 1)
    let list = try recoverLists(Self.plan, 1)
    #expect(tidy.recoveredShare > list.recoveredShare)
    #expect(list.recoveredShare < 0.1 && tidy.recoveredShare <= 1)
    for result in [tidy, list] {
      #expect(result.curve.count == 101 && result.curve[0] < 0.1)
      // The map of live frames cannot see fewer free blocks than were really had.
      #expect(result.curve[100] >= result.recoveredShare)
    }
  }

  @Test("Linux's policies leave under 0.4 % of the possible 2 MiB blocks after a hundred rounds")
  func linuxDoesNotRecover() throws {
    for system in [BenchmarkSystem.linux66, .linux612, .linux618] {
      let recover = try #require(system.recover)
      let plan = RecoveryCase(memory: ByteCount(1 << 30), rounds: 100)
      #expect(try recover(plan, 1).recoveredShare < 0.004, "\(system.name)")
    }
  }

  @Test("RowBuddy has 96 % of the possible 2 MiB blocks again after a hundred rounds")
  func recoversNearlyAll() throws {
    let recover = try #require(BenchmarkSystem.rowBuddy.recover)
    for isMixed in [false, true] {
      let plan = RecoveryCase(memory: ByteCount(256 << 20), isMixed: isMixed, rounds: 100)
      #expect(try recover(plan, 1).recoveredShare >= 0.96)
    }
  }

  @Test("every case runs on every allocator that takes part")
  func suite() throws {
    let cases = RecoveryCase.suite(memory: ByteCount(64 << 20), rounds: 3)
    #expect(cases.count == 5)
    let suite = RecoverySuite(systems: BenchmarkSystem.inProcess, cases: cases, repetitions: 1)
    #expect(suite.systems.allSatisfy { $0.name != "stack" })
    var calls = 0
    let result = try suite.result { _ in calls += 1 }
    #expect(calls == cases.count * suite.systems.count && result.rows.count == calls)
    #expect(result.rows.allSatisfy { $0.isVerified && $0.recoveredShare != nil })
  }

  @Test("a suite that is stopped has the rows that were measured, and says that it is incomplete")
  func stopped() throws {
    let cases = RecoveryCase.suite(memory: ByteCount(16 << 20), rounds: 1)
    let suite = RecoverySuite(
      systems: [.rowBuddy, .listBuddy], cases: cases, repetitions: 2)
    let result = try suite.result { if $0.done == 5 { throw CancellationError() } }
    #expect(!result.isComplete && result.rows.count == 3)
    #expect(throws: CancellationError.self) {
      _ = try suite.result { _ in throw CancellationError() }
    }
  }

  @Test("broken promises are found here too")
  func broken() {
    for (defect, kind) in [
      (BrokenSubject.Defect.overlaps, BenchmarkFault.Kind.overlap), (.leaves, .outOfRange),
    ] {
      let fault = #expect(throws: BenchmarkFault.self) { _ = try run(defect) }
      #expect(fault?.kind == kind, "\(defect)")
    }
    #expect(throws: BenchmarkFault.self) {
      _ = try run(.none, RecoveryCase(memory: ByteCount(16 << 10)))
    }
  }
}
