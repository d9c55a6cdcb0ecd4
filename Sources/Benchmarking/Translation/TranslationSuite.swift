import LinuxHost
import MemoryUnits
import Translation

/// Streams of addresses through the simulated TLBs, walk caches and page tables of one zen4 core.
public struct TranslationSuite: Sendable {
  public var patterns: [TranslationPattern]
  public var repetitions: Int
  public var seed: UInt64
  /// Addresses per stream and repetition.
  public var accesses: Int

  public init(
    patterns: [TranslationPattern] = TranslationPattern.allCases, repetitions: Int,
    seed: UInt64 = 1, accesses: Int = 1 << 23
  ) {
    self.patterns = patterns
    self.repetitions = repetitions
    self.seed = seed
    self.accesses = accesses
  }

  /// When `progress` throws `CancellationError`, the result has what was measured until then.
  public func result(
    _ progress: (BenchmarkRun.Progress) throws -> Void
  ) throws -> TranslationResult {
    var result = TranslationResult(
      repetitions: repetitions, seed: seed, accesses: accesses, rows: [])
    do {
      for (index, pattern) in patterns.enumerated() {
        try result.rows.append(
          row(pattern) { repetition in
            try progress(
              BenchmarkRun.Progress(
                done: index * repetitions + repetition, total: patterns.count * repetitions,
                what: pattern.summary))
          })
      }
    } catch is CancellationError {
      result.isComplete = false
      if result.rows.isEmpty { throw CancellationError() }
    }
    return result
  }

  private func row(
    _ pattern: TranslationPattern, _ progress: (Int) throws -> Void
  ) throws -> TranslationRow {
    var world = TranslationWorld(pattern, accesses: accesses, seed: seed)
    var row = TranslationRow(pattern: pattern)
    row.fault = sampleFault(&world)

    let frames = MappedArray<UInt64>(count: world.pages)
    for page in 0..<world.pages {
      frames[page] = UInt64(TranslationWorld.frame(page).rawValue) << 12
    }
    let expected = world.expectedSum
    // One untimed round: tables get their A and D bits, the host its pages.
    var sums = [world.translate(accesses)]
    var (plain, series, cached, floor) = ([Double](), [Double](), [Double](), [Double]())
    var caches = DataCaches(TranslationGeometry.zen4.caches)
    for repetition in 0..<repetitions {
      try progress(repetition)
      sums.append(0)
      plain.append(time { sums[sums.count - 1] = world.translate(accesses) })
      sums.append(0)
      series.append(time { sums[sums.count - 1] = world.translateSeries(accesses) })
      sums.append(0)
      cached.append(
        time { sums[sums.count - 1] = world.translate(accesses, through: &caches) })
      sums.append(0)
      floor.append(time { sums[sums.count - 1] = world.lookUp(frames, accesses) })
    }
    let counters = world.mmu.counters
    let rounds = 1 + plain.count + series.count + cached.count
    if sums.contains(where: { $0 != expected }) {
      row.fault = "physical addresses differ from the frames that were mapped"
    } else if counters.l1Data.lookups != accesses * rounds + sample(accesses) {
      row.fault = "\(counters.l1Data.lookups) lookups of the first level for other accesses"
    }
    row.accessNs = Spread(plain)
    row.seriesNs = Spread(series)
    row.cachedNs = Spread(cached)
    row.floorNs = Spread(floor)
    row.count(counters)
    return row
  }

  private func sample(_ accesses: Int) -> Int { min(accesses, 100_000) }

  /// The first accesses by plain arrays: the counts of misses must agree.
  private func sampleFault(_ world: inout TranslationWorld) -> String? {
    var plain = PlainTLBs()
    let count = sample(accesses)
    for index in 0..<count {
      let access = world.stream[index]
      plain.access(access >> 12, isWrite: access & 1 != 0)
    }
    _ = world.translate(count)
    let counters = world.mmu.counters
    let found = (counters.l1Data.misses, counters.l2Data.misses)
    let expected = (plain.firstMisses, plain.secondMisses)
    return found == expected
      ? nil : "misses \(found) in \(count) accesses, expected \(expected)"
  }

  private func time(_ body: () -> Void) -> Double {
    let started = ThreadClock.now
    body()
    return Double(ThreadClock.now - started) / Double(accesses)
  }
}
