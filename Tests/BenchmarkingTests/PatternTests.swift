import Benchmarking
import MemoryUnits
import PageFrames
import Testing

@Suite("Patterns, and what they verify")
struct PatternTests {
  static let memory = ByteCount(16 << 20)

  private func run(_ defect: BrokenSubject.Defect, _ plan: BenchmarkCase) throws -> Repetition {
    let subject = BrokenSubject(defect, frames: plan.memoryBytes >> 12, after: plan.blocks + 500)
    return try PatternRun(subject, plan, seed: 1).run()
  }

  @Test("every pattern runs on every allocator of this process and checks its blocks")
  func everything() throws {
    for system in BenchmarkSystem.inProcess {
      for pattern in Pattern.allCases {
        for order in [0, 3] {
          for threads in [1, 2] {
            let plan = BenchmarkCase(
              pattern, order: order, threads: threads, memory: Self.memory)
            guard system.obstacle(plan) == nil else { continue }
            let result = try system.measure(plan, 7)
            let what = "\(system.name) \(plan.words)"
            #expect(result.verifiedBlocks > 4096 >> order, "\(what)")
            #expect((result.pairNs ?? result.allocNs) != nil, "\(what)")
            #expect((result.allocNs == nil) == pattern.isPaired, "\(what)")
          }
        }
      }
    }
  }

  @Test("the stack's records are those of all its cores")
  func stackBytes() throws {
    let bytes = try [1, 2].map { threads in
      let plan = BenchmarkCase(.bulk, threads: threads, memory: Self.memory)
      return try #require(
        try BenchmarkSystem.frameStack.measure(plan, 1).metadataBytesPerFrame)
    }
    #expect(bytes[0] > 4 && bytes[1] == 2 * bytes[0])
  }

  @Test("the same case and seed place the same blocks")
  func deterministic() throws {
    let plan = BenchmarkCase(.churn, memory: Self.memory, start: .aged)
    let system = BenchmarkSystem.listBuddy
    let sums = try [3, 3, 4].map { try system.measure(plan, $0).checksum }
    #expect(sums[0] == sums[1] && sums[0] != sums[2])
  }

  @Test("aged memory is half full, and the pattern has the same number of blocks in any size")
  func aged() throws {
    let small = BenchmarkCase(.bulk, memory: ByteCount(8 << 30), start: .aged)
    let large = BenchmarkCase(.bulk, memory: ByteCount(1 << 40), start: .aged)
    #expect(small.liveBlocks == large.liveBlocks && small.liveBlocks == 1 << 18)
    for pattern in [Pattern.bulk, .repeat, .random, .churn, .refill] {
      let plan = BenchmarkCase(pattern, memory: Self.memory, start: .aged)
      _ = try BenchmarkSystem.perCPUListBuddy.measure(plan, 1)
    }
  }

  @Test(
    "each broken promise is reported as what it is",
    arguments: [
      (BrokenSubject.Defect.overlaps, BenchmarkFault.Kind.overlap),
      (.misaligns, .misaligned), (.leaves, .outOfRange), (.leaks, .leaked), (.loses, .leaked),
    ])
  func broken(defect: BrokenSubject.Defect, kind: BenchmarkFault.Kind) {
    for pattern in [Pattern.bulk, .random, .repeat, .churn] {
      let fault = #expect(throws: BenchmarkFault.self, "\(defect) \(pattern)") {
        _ = try run(defect, BenchmarkCase(pattern, order: 1, memory: Self.memory))
      }
      #expect(fault?.kind == kind, "\(defect) \(pattern): \(String(describing: fault))")
    }
  }

  @Test("a live block that is handed out in a loop only is an overlap")
  func loops() {
    for defect in [BrokenSubject.Defect.lends, .slips] {
      let fault = #expect(throws: BenchmarkFault.self, "\(defect)") {
        _ = try run(defect, BenchmarkCase(.repeat, order: 1, memory: Self.memory))
      }
      #expect(fault?.kind == .overlap, "\(defect): \(String(describing: fault))")
    }
  }

  @Test("a subject that keeps its promises passes")
  func sound() throws {
    for pattern in Pattern.allCases {
      #expect(try run(.none, BenchmarkCase(pattern, memory: Self.memory)).verifiedBlocks > 4096)
    }
  }

  @Test("blocks anywhere are checked for overlaps by sorting")
  func anywhere() throws {
    for last in [UInt64(0x3000), 0x1800] {
      var census = BlockCensus(nil)
      for address in [0x5000, 0x1000, last] as [UInt64] {
        try census.add(address, .base, alignment: 16)
      }
      do {
        try census.finish()
        #expect(last == 0x3000)
      } catch {
        #expect(error.kind == .overlap && last == 0x1800)
      }
    }
  }

  @Test("a run that is stopped has what was measured, without floors, and says so")
  func stopped() throws {
    let run = BenchmarkRun(
      systems: [.listBuddy, .frameStack],
      cases: [.init(.bulk, memory: Self.memory), .init(.lifo, memory: Self.memory)], repetitions: 2)
    let result = try run.result { if $0.done == 5 { throw CancellationError() } }
    #expect(!result.isComplete && result.rows.count == 3)
    #expect(result.rows.allSatisfy { $0.isVerified && $0.floor == nil && $0.pairNs != nil })
    let all = try run.result { _ in }
    #expect(all.isComplete && all.rows.count == 4)
  }

  @Test("too little memory is said, not measured")
  func tooLittle() {
    let plan = BenchmarkCase(.bulk, order: 10, threads: 8, memory: Self.memory)
    #expect(plan.obstacle?.contains("too little") == true)
  }
}
