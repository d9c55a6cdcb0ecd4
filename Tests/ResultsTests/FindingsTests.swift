import Fragmentation
import Results
import Testing

@Suite("Findings")
struct FindingsTests {
  private func sample(
    _ time: UInt64, live: UInt64, held: UInt64, blocks: UInt64? = nil, free: [UInt64]? = nil
  ) -> Sample {
    var sample = Sample(timeNs: time, liveBytes: live, heldBytes: held)
    sample.liveBlocks = blocks
    sample.usedBlocks = blocks.map { 2 * $0 }
    sample.freeAreas = free.map(FreeAreas.init(blocks:))
    return sample
  }

  @Test("at the end and at the peak are those of the samples, computed by hand")
  func moments() {
    let mib: UInt64 = 1 << 20
    // 1024 free frames: 512 as single ones, one block of order 9.
    var row = [UInt64](repeating: 0, count: 11)
    row[0] = 512
    row[9] = 1
    let findings = Findings(samples: [
      sample(0, live: 0, held: mib, blocks: 0),
      sample(10, live: 5 * mib, held: 10 * mib, blocks: 6),
      sample(20, live: 5 * mib, held: 11 * mib, blocks: 6),
      sample(40, live: 2 * mib, held: 8 * mib, blocks: 2, free: row),
    ])
    #expect(findings.livePeakTimeNs == 10)
    #expect(findings[.livePeak, .heldPerLive] == 2)
    // ceil(5 MiB / 2 MiB) = 3 blocks would do, 6 hold something.
    #expect(findings[.livePeak, .virtualBlowUp] == 2)
    #expect(findings[.livePeak, .physicalBlowUp] == 4)
    #expect(findings[.livePeak, .freeBytes] == nil)
    #expect(findings[.end, .virtualBlowUp] == 2)
    #expect(findings[.end, .heldPerLive] == 4)
    #expect(findings[.end, .freeBytes] == 4_194_304)
    #expect(findings[.end, .freeHugeBlocks] == 1)
    #expect(findings[.end, .idealHugeBlocks] == 2)
    #expect(findings[.end, .hugeShare] == 0.5)
    #expect(findings[.end, .unusableIndex(order: 0)] == 0)
    #expect(findings[.end, .unusableIndex(order: 1)] == 0.5)
    #expect(findings[.end, .unusableIndex(order: 9)] == 0.5)
    #expect(findings[.end, .unusableIndex(order: 10)] == 1)
    // Weights 5, 10, 15, 10 of 40: live (0 + 50 + 75 + 20) / 40, held (5 + 100 + 165 + 80) / 40.
    #expect(findings[.timeAverage, .liveBytes] == 145.0 / 40 * Double(mib))
    #expect(findings[.timeAverage, .heldBytes] == 350.0 / 40 * Double(mib))
    #expect(findings[.timeAverage, .heldPerLive] == 2.413793)
    // Blocks (0 + 60 + 90 + 20) over ideal blocks (0 + 30 + 45 + 10).
    #expect(findings[.timeAverage, .virtualBlowUp] == 2)
    #expect(findings[.timeAverage, .physicalBlowUp] == 4)
    // Only the last sample knows what is free.
    #expect(findings[.timeAverage, .hugeShare] == 0.5)
  }

  @Test("count a free block of order 10 as two of 2 MiB")
  func largestOrder() {
    var row = [UInt64](repeating: 0, count: 11)
    row[10] = 3
    row[9] = 1
    let findings = Findings(samples: [sample(0, live: 1, held: 4096, free: row)])
    #expect(findings[.end, .freeHugeBlocks] == 7)
    #expect(findings[.end, .hugeShare] == 1)
    #expect(findings[.end, .unusableIndex(order: 9)] == 0)
  }

  @Test("say nothing where nothing is known")
  func unknown() {
    #expect(Findings(samples: []).figures.isEmpty)
    let full = Findings(samples: [sample(0, live: 0, held: 0, free: [0, 0])])
    #expect(full[.end, .heldPerLive] == nil)
    #expect(full[.end, .unusableIndex(order: 1)] == nil)
    #expect(full[.end, .hugeShare] == nil)
    #expect(full[.end, .freeBytes] == 0)
    #expect(full[.timeAverage, .liveBytes] == 0)
  }

  @Test("over repetitions have an interval from three on")
  func estimates() throws {
    let two = try #require(Estimate([1, 3]))
    #expect(two.mean == 2)
    #expect(two.halfWidth == nil)
    let three = try #require(Estimate([1, 2, 3]))
    // s = 1, t = 4.302653: t / sqrt(3).
    #expect(three.halfWidth == 2.484138)
    #expect(three.smallest == 1)
    #expect(three.largest == 3)
    #expect(three.count == 3)
    #expect(Estimate([]) == nil)
  }

  @Test("that are the same in all repetitions have no interval")
  func copies() throws {
    let copies = try #require(Estimate([0.1, 0.1, 0.1]))
    #expect(copies.halfWidth == nil)
    #expect(copies.isConstant)
    let once = try #require(Estimate([0.1]))
    #expect(!once.isConstant)
  }

  @Test("of copies are no sample: no verdict on noise")
  func copiesCompared() throws {
    let copies = system("a", seeds: [1, 2, 3], held: [100, 100, 100])
    let others = system("b", seeds: [1, 2, 3], held: [200, 200, 200])
    let varying = system("c", seeds: [1, 2, 3], held: [200, 201, 203])
    #expect(Comparison(.heldBytes, at: .end, copies, others)?.verdict == .constant)
    #expect(Comparison(.heldBytes, at: .end, copies, varying)?.verdict == .constant)
    #expect(Comparison(.heldBytes, at: .end, varying, copies)?.verdict == .constant)
  }

  @Test("are compared over the seeds that both systems have")
  func commonSeeds() throws {
    let long = system("a", seeds: [1, 2, 3, 4], held: [100, 200, 300, 9000])
    let short = system("b", seeds: [1, 2, 3], held: [110, 211, 310])
    let common = try #require(Comparison(.heldBytes, at: .end, short, long))
    #expect(common.isPaired)
    #expect(common.verdict == .differs)
    #expect((common.difference - 31.0 / 3).magnitude < 1e-5)
    let shorter = system("c", seeds: [1, 2], held: [110, 211])
    #expect(Comparison(.heldBytes, at: .end, shorter, long)?.verdict == .unknown)
    // The same difference with every seed is as certain as three seeds can be.
    let even = system("d", seeds: [1, 2, 3], held: [110, 210, 310])
    #expect(Comparison(.heldBytes, at: .end, even, long)?.verdict == .differs)
    #expect(
      Comparison(.heldBytes, at: .end, system("e", seeds: [7, 8, 9], held: [1, 2, 4]), long)?
        .isPaired == false)
  }

  private func system(_ name: String, seeds: [UInt64], held: [UInt64]) -> SystemRun {
    var system = SystemRun(name: name, title: name, kind: .direct)
    system.repetitions = zip(seeds, held).map { seed, held in
      Repetition(seed: seed, samples: [sample(0, live: 100, held: held)])
    }
    system.findAll()
    return system
  }

  @Test("compare systems seed by seed, and tell noise from difference")
  func comparisons() throws {
    let first = system("a", seeds: [1, 2, 3], held: [100, 200, 300])
    // Always 10 more: a difference, though the seeds differ by far more.
    let above = system("b", seeds: [1, 2, 3], held: [110, 211, 310])
    let paired = try #require(Comparison(.heldBytes, at: .end, above, first))
    #expect(paired.verdict == .differs)
    #expect((paired.difference - 31.0 / 3).magnitude < 1e-5)
    let strangers = system("c", seeds: [7, 8, 9], held: [110, 211, 310])
    #expect(Comparison(.heldBytes, at: .end, strangers, first)?.verdict == .withinNoise)
    let erratic = system("d", seeds: [1, 2, 3], held: [110, 150, 340])
    #expect(Comparison(.heldBytes, at: .end, erratic, first)?.verdict == .withinNoise)
    let few = system("e", seeds: [1, 2], held: [110, 150])
    #expect(Comparison(.heldBytes, at: .end, few, first)?.verdict == .unknown)
    #expect(Comparison(.freeBytes, at: .end, few, first) == nil)
  }
}
