import Fragmentation
import Reporting
import Results
import Testing

@Suite("The answer in words")
struct AnswerTests {
  /// A system whose repetitions end with so many free 2 MiB blocks out of 1000, and hold so many MiB
  /// for 100 live ones.
  private func system(
    _ name: String, kind: SystemKind = .direct, free: [UInt64]? = nil, held: [UInt64] = [110],
    failed: UInt64 = 0
  ) -> SystemRun {
    var system = SystemRun(name: name, title: name, kind: kind)
    for index in 0..<max(free?.count ?? 0, held.count) {
      var sample = Sample(
        timeNs: 1, liveBytes: 100 << 20, heldBytes: held[min(index, held.count - 1)] << 20)
      if let free {
        // All of the 1000 * 512 free frames that are no 2 MiB block are single frames.
        var blocks = [UInt64](repeating: 0, count: 11)
        blocks[9] = free[index]
        blocks[0] = (1000 - free[index]) * 512
        sample.freeAreas = FreeAreas(blocks: blocks)
      }
      system.repetitions.append(
        Repetition(
          seed: UInt64(index), samples: [sample], counters: ["failed_allocations": failed]))
    }
    return system
  }

  private func report(
    _ systems: [SystemRun], incomplete: RunResult.Incomplete? = nil, instances: Int = 1,
    samples: Int = 1, repetitions: Int? = nil
  ) -> Report {
    let result = RunResult(
      provenance: Provenance(version: "1", command: ["framelab"], startedAt: "now"),
      configuration: Configuration(
        name: "x", title: "X", machineBytes: 4 << 30, instances: instances, seed: 1,
        repetitions: repetitions ?? systems.map(\.repetitions.count).max() ?? 0, touch: "all",
        durationNs: 1, sampleCount: samples),
      workload: Workload(
        recording: "x", checksum: "0", origin: "x", eventCount: 1, spanNs: 1,
        livePeakBytes: 100 << 20, threads: 1),
      systems: systems, incomplete: incomplete)
    return Report([Report.Source(label: "x", result: result)])
  }

  private func words(
    _ systems: [SystemRun], incomplete: RunResult.Incomplete? = nil, instances: Int = 1,
    samples: Int = 1
  ) -> String {
    // One paragraph: lines are joined, the table is left out.
    report(systems, incomplete: incomplete, instances: instances, samples: samples)
      .terminal(path: nil)
      .split(separator: "\n\n", omittingEmptySubsequences: true)
      .filter { !$0.hasPrefix("system ") }.joined(separator: " ")
      .split(separator: "\n").joined(separator: " ")
  }

  @Test("about one system gives its figures and compares with nothing")
  func single() {
    #expect(
      words([system("Buddy", free: [870])])
        == "After the run 1.95 GiB of the 4.00 GiB machine are free. As 2 MiB pages, Buddy could "
        + "hand out 87 % of that now (870 of 1,000). At the sample with the most live bytes (100 MiB), Buddy held "
        + "110 MiB (1.10 × live).")
  }

  @Test("about several systems ranks them, and does not call one repetition certain")
  func ranking() {
    #expect(
      words([
        system("A", free: [180], held: [117]), system("B", free: [970], held: [101]),
        system("C", free: [410], held: [105]),
      ])
        == "After the run 1.95 GiB of the 4.00 GiB machine are free. As 2 MiB pages, B could hand "
        + "out 97 % of that now, C 41 % and A 18 %. At the sample with the most live bytes (100 MiB), B held least, "
        + "101 MiB (1.01 × live), and A most, 117 MiB (1.17 × live). One repetition was made, so "
        + "how much of a difference is chance is not known.")
  }

  @Test("says which differences are below the noise")
  func noise() {
    let words = words([
      system("A", free: [500, 510, 490], held: [120, 121, 122]),
      system("B", free: [465, 540, 470], held: [101, 102, 103]),
    ])
    #expect(
      words.hasSuffix(
        "Over 3 repetitions, the difference in 2 MiB pages between A and B is below the noise."))
  }

  @Test("says when nothing in a ranking is more than noise")
  func allNoise() {
    let words = words([
      system("A", free: [500, 510, 490]), system("B", free: [465, 540, 470]),
      system("C", free: [400, 580, 430]),
    ])
    #expect(
      words.hasSuffix("Over 3 repetitions, no difference in 2 MiB pages is larger than the noise."))
  }

  @Test("says so when the differences are larger than the noise")
  func signal() {
    let words = words([
      system("A", free: [500, 510, 490], held: [120, 121, 122]),
      system("B", free: [395, 410, 392], held: [101, 102, 103]),
    ])
    #expect(
      words.hasSuffix(
        "Over 3 repetitions with different seeds, these differences are larger than their noise "
          + "(95 %)."))
  }

  @Test("makes no difference of equal figures")
  func equal() {
    let words = words([
      system("A", free: [1000, 1000, 1000]), system("B", free: [1000, 1000, 1000]),
    ])
    #expect(words.contains("As 2 MiB pages, every system could hand out 100 % of that now."))
    #expect(words.contains("all systems held 1.10 × the live bytes"))
    #expect(!words.contains("noise"))
  }

  @Test("of many systems names the best, the next and the last")
  func many() {
    let shares: [UInt64] = [900, 700, 600, 500, 300]
    let systems = zip(["A", "B", "C", "D", "E"], shares).map { system($0, free: [$1]) }
    #expect(
      words(systems).contains(
        "A could hand out 90 % of that now and B 70 %; the other 3 systems less, E least: 30 %."))
  }

  @Test("keeps modelled, measured and recorded apart")
  func kinds() {
    let words = words([
      system("glibc", kind: .real, held: [130]),
      system("as recorded", kind: .recorded, held: [125]),
    ])
    #expect(
      words.hasPrefix(
        "At the sample with the most live bytes (100 MiB), glibc held 130 MiB (1.30 × live)."))
    #expect(
      words.contains(
        "The recorded program itself was resident with 125 MiB (1.25 × live), its code and stacks "
          + "included."))
  }

  @Test("of one system shows block counts only where their quotient is the share")
  func quotient() {
    // Shares .870, .871 and .871: their mean is 87.07 %, as is 871 of 1000.
    #expect(
      words([system("A", free: [870, 871, 871])]).contains("87 % of that now (871 of 1,000)."))
    // The means 1 of 1.33 would be shown as 1 of 1; the share of the two is 83 %.
    var uneven = SystemRun(name: "A", title: "A", kind: .direct)
    for (index, blocks) in [[0, 1], [0, 1], [512, 1]].enumerated() {
      var sample = Sample(timeNs: 1, liveBytes: 100 << 20, heldBytes: 100 << 20)
      var counts = [UInt64](repeating: 0, count: 11)
      counts[0] = UInt64(blocks[0])
      counts[9] = UInt64(blocks[1])
      sample.freeAreas = FreeAreas(blocks: counts)
      uneven.repetitions.append(Repetition(seed: UInt64(index), samples: [sample]))
    }
    #expect(words([uneven]).contains("A could hand out 83 % of that now. "))
  }

  @Test("says that it is a sample with the most live bytes, and of how many")
  func fullestSample() {
    #expect(
      words([system("A")], samples: 60).hasPrefix(
        "Of 60 samples, at the one with the most live bytes (100 MiB), A held 110 MiB"))
  }

  @Test("does not take copies for the recorded program itself")
  func copies() {
    let words = words(
      [system("glibc", kind: .real), system("as recorded", kind: .recorded, held: [125])],
      instances: 4)
    #expect(
      words.contains(
        "4 copies of the recorded program would together have been resident with 125 MiB (1.25 × "
          + "live), their code and stacks included."))
  }

  @Test("makes no claim about noise from repetitions that are all the same")
  func constant() {
    let copies = words([
      system("A", free: [500, 500, 500], held: [120, 120, 120]),
      system("B", free: [400, 400, 400], held: [101, 101, 101]),
    ])
    #expect(
      copies.hasSuffix("All 3 seeds gave the same figures: they do not depend on the seed."))
    #expect(!copies.contains("noise") && !copies.contains("larger"))
    let partly = words([
      system("A", free: [500, 500, 500], held: [120, 120, 120]),
      system("B", free: [400, 401, 400], held: [101, 101, 102]),
    ])
    #expect(partly.hasSuffix("All 3 seeds gave the same figures for A."))
    #expect(!partly.contains("noise"))
  }

  @Test("says of the figures in its sentences alone that they are the same, if others are not")
  func constantSentences() {
    var second = system("B", free: [400, 400, 400], held: [101, 101, 101])
    for index in 0..<3 { second.repetitions[index].samples[0].overheadBytes = UInt64(index) }
    let words = words([system("A", free: [500, 500, 500], held: [120, 120, 120]), second])
    #expect(words.hasSuffix("most, 120 MiB (1.20 × live). All 3 seeds gave these same figures."))
  }

  @Test("claims a difference only for the figure that varies")
  func constantFigure() {
    let words = words([
      system("A", free: [1000, 1000, 1000], held: [120, 121, 122]),
      system("B", free: [400, 401, 400], held: [101, 101, 102]),
    ])
    #expect(
      words.hasSuffix(
        "All 3 seeds gave the same 2 MiB pages for A. Over 3 repetitions with different seeds, the "
          + "difference in memory held between B and A is larger than its noise (95 %)."))
  }

  @Test("of several instances says what the seeds vary and that they are paired")
  func paired() {
    let clear = words(
      [
        system("A", free: [500, 510, 490], held: [120, 121, 122]),
        system("B", free: [395, 410, 392], held: [101, 102, 103]),
      ], instances: 4)
    #expect(
      clear.hasSuffix(
        "Over 3 seeds (start times of the instances), compared seed by seed, these differences are "
          + "larger than their noise (95 %)."))
    let unclear = words(
      [system("A", free: [500, 510, 490]), system("B", free: [465, 540, 470])], instances: 4)
    #expect(
      unclear.contains(
        "Over 3 seeds (start times of the instances), compared seed by seed, the difference in "
          + "2 MiB pages between A and B is below the noise."))
  }

  @Test("ranks no system that refused allocations")
  func refused() {
    let some = words([
      system("A", free: [900], held: [101], failed: 7), system("B", free: [300], held: [120]),
      system("C", free: [400], held: [110]),
    ])
    #expect(
      some.hasPrefix(
        "The machine was too small: allocations failed in A (7), whose figures count only what was "
          + "served and are compared with no others. After the run 1.95 GiB of the 4.00 GiB machine "
          + "are free. As 2 MiB pages, C could hand out 40 % of that now and B 30 %."))
    #expect(some.contains("C held least, 110 MiB (1.10 × live), and B most"))
    let all = words([
      system("A", free: [900, 900], failed: 7), system("B", free: [300, 300], failed: 8),
    ])
    #expect(
      all
        == "The machine was too small: allocations failed in A (14 in 2 repetitions) and B (16 in "
        + "2 repetitions), whose figures count only what was served and are compared with no others."
    )
  }

  @Test("of a stopped run says how many repetitions there are, and which figures rest on how many")
  func stopped() throws {
    let stopped = RunResult.Incomplete(reason: "interrupted", missing: ["B": [1, 2], "A": [2]])
    let systems = [system("A", held: [110, 111]), system("B", held: [120])]
    let uneven = report(systems, incomplete: stopped, repetitions: 3)
    let lines = uneven.terminal(path: "report.html").split(separator: "\n")
    #expect(lines.last == "report.html   (seed 1, 1 to 2 of 3 repetitions; interrupted)")
    #expect(lines.contains { $0.hasPrefix("A (2 repetitions) ") })
    #expect(lines.contains { $0.hasPrefix("B (1 repetition) ") })
    #expect(words(systems, incomplete: stopped).contains("Some systems have one repetition only"))
    let page = try uneven.html(vega: nil)
    #expect(page.contains("modelled, 2 repetitions"))
    #expect(page.contains("modelled, 1 repetition<"))
    #expect(page.contains("1, 1 to 2 of 3 repetitions; interrupted"))

    let even = report(
      [systems[0]], incomplete: RunResult.Incomplete(reason: "interrupted", missing: ["A": [2]]),
      repetitions: 3)
    let text = even.terminal(path: "report.html")
    #expect(text.hasSuffix("report.html   (seed 1, 2 of 3 repetitions; interrupted)\n"))
    #expect(!text.contains("A (2"))
  }

  @Test("begins with what spoils the figures")
  func warnings() {
    let words = words(
      [system("A", free: [100], failed: 1234)],
      incomplete: RunResult.Incomplete(reason: "stopped by Ctrl-C", missing: ["B": [0, 2]]))
    #expect(
      words.hasPrefix(
        "The run is not complete: stopped by Ctrl-C. Missing: B (repetitions 1 and 3). A rerun "
          + "goes on where it stopped. The machine was too small: allocations failed in A (1,234)"))
  }
}
