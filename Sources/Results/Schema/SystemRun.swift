/// One repetition of one system: the samples over time and everything counted on the way.
public struct Repetition: Codable, Hashable, Sendable {
  public var seed: UInt64
  public var samples: [Sample]
  /// Events that were counted, by name: `allocations`, `failed_allocations`, `purges`, `map_calls`,
  /// `low_watermark_crossings`, `records`. Same seed, same numbers.
  public var counters: [String: UInt64]
  /// The allocator's own statistics at the end (`jemalloc.stats.active`): bytes or counts.
  public var statistics: [String: Double]
  /// What the simulated machine's kernel counted, under the names of Linux's /proc/vmstat where it has
  /// them (`pgfault`, `pgalloc`, `pswpout`); nil for systems without such a machine.
  public var vmstat: [String: UInt64]?
  /// Name of the frame map beside result.json, relative to it; nil for systems without frames.
  public var frameMap: String?
  /// What the samples say; set when a `RunResult` is made.
  public var findings: Findings?
  /// Times of this repetition; never part of `deterministic`.
  public var timing: Timing?

  public init(seed: UInt64, samples: [Sample] = [], counters: [String: UInt64] = [:]) {
    self.seed = seed
    self.samples = samples
    self.counters = counters
    self.statistics = [:]
  }

  enum CodingKeys: String, CodingKey {
    case seed, samples, counters, statistics, vmstat, findings
    case frameMap = "frame_map"
    case timing
  }
}

/// What a repetition cost on the host that ran it.
public struct Timing: Codable, Hashable, Sendable {
  public var wallNs: UInt64
  /// CPU time of the thread or process that did the replay.
  public var cpuNs: UInt64
  /// Heap records replayed.
  public var records: UInt64

  public init(wallNs: UInt64, cpuNs: UInt64, records: UInt64) {
    self.wallNs = wallNs
    self.cpuNs = cpuNs
    self.records = records
  }

  enum CodingKeys: String, CodingKey {
    case wallNs = "wall_ns"
    case cpuNs = "cpu_ns"
    case records
  }
}

/// What kind of evidence a system yields.
public enum SystemKind: String, Codable, Sendable {
  /// The page-frame allocator serves objects itself.
  case direct
  /// A real malloc library over simulated frames.
  case simulated
  /// A real malloc library in a real process on this host: measured, never deterministic.
  case real
  /// What the recorder saw of the recorded program itself.
  case recorded

  /// Whether seed, recording and version decide the samples, so that they repeat byte for byte.
  public var isDeterministic: Bool { self != .real }
}

/// One system under test, with all its repetitions.
public struct SystemRun: Codable, Hashable, Sendable {
  /// Unique in the result and stable: `list-buddy`, `jemalloc-simulated`, `glibc`.
  public var name: String
  /// For people: `jemalloc 5.3.0, simulated`.
  public var title: String
  public var kind: SystemKind
  /// What explains the result and is not visible in it, one sentence each.
  public var properties: [String]
  public var repetitions: [Repetition]
  /// The findings over all repetitions; set when a `RunResult` is made.
  public var summary: SystemSummary?

  public init(
    name: String, title: String, kind: SystemKind, properties: [String] = [],
    repetitions: [Repetition] = []
  ) {
    self.name = name
    self.title = title
    self.kind = kind
    self.properties = properties
    self.repetitions = repetitions
  }

  /// Computes what the samples say, for each repetition and over all of them.
  public mutating func findAll() {
    for index in repetitions.indices {
      repetitions[index].findings = Findings(samples: repetitions[index].samples)
    }
    summary = SystemSummary(repetitions.compactMap(\.findings))
  }
}
