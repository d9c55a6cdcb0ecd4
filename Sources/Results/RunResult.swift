/// A result: what `result.json` holds. `deterministic` is the same, byte for byte, for the same
/// seed and version on any host; everything that a clock or a host had a part in is in `measured`.
public struct RunResult: Codable, Hashable, Sendable {
  /// Version of this schema; readers refuse newer ones by name.
  public static let schemaVersion = 1

  public var schema: Int
  public var provenance: Provenance
  public var deterministic: Deterministic
  public var measured: Measured

  public init(provenance: Provenance, deterministic: Deterministic, measured: Measured) {
    self.schema = Self.schemaVersion
    self.provenance = provenance
    self.deterministic = deterministic
    self.measured = measured
  }

  /// All systems in the order of the experiment: simulations, then the measured ones.
  public var systems: [SystemRun] { deterministic.systems + measured.systems }

  /// What the seed decides.
  public struct Deterministic: Codable, Hashable, Sendable {
    public var configuration: Configuration
    public var workload: Workload
    public var systems: [SystemRun]

    public init(configuration: Configuration, workload: Workload, systems: [SystemRun]) {
      self.configuration = configuration
      self.workload = workload
      self.systems = systems
    }
  }

  /// What this host decided. Timings of deterministic systems are here too, by system name.
  public struct Measured: Codable, Hashable, Sendable {
    public var systems: [SystemRun]
    public var timings: [String: [Timing]]

    public init(systems: [SystemRun] = [], timings: [String: [Timing]] = [:]) {
      self.systems = systems
      self.timings = timings
    }
  }
}

/// Who made a result, with what, where.
public struct Provenance: Codable, Hashable, Sendable {
  /// framelab's version and commit.
  public var version: String
  /// The command line that makes this result again.
  public var command: [String]
  /// Start of the run, ISO 8601, UTC.
  public var startedAt: String
  public var host: [String: String]
  /// Versions of the allocators and libraries that took part.
  public var versions: [String: String]

  public init(
    version: String, command: [String], startedAt: String, host: [String: String] = [:],
    versions: [String: String] = [:]
  ) {
    self.version = version
    self.command = command
    self.startedAt = startedAt
    self.host = host
    self.versions = versions
  }

  enum CodingKeys: String, CodingKey {
    case version, command, host, versions
    case startedAt = "started_at"
  }
}

/// The experiment as it ran, defaults filled in.
public struct Configuration: Codable, Hashable, Sendable {
  public var name: String
  public var title: String
  /// Size of the simulated machine.
  public var machineBytes: UInt64
  public var instances: Int
  public var seed: UInt64
  public var repetitions: Int
  /// `first-byte`, `all`, `stride:N`: which bytes of a new object are written.
  public var touch: String
  /// Length of the run on the recording's clock.
  public var durationNs: UInt64
  public var sampleCount: Int

  public init(
    name: String, title: String, machineBytes: UInt64, instances: Int, seed: UInt64,
    repetitions: Int, touch: String, durationNs: UInt64, sampleCount: Int
  ) {
    self.name = name
    self.title = title
    self.machineBytes = machineBytes
    self.instances = instances
    self.seed = seed
    self.repetitions = repetitions
    self.touch = touch
    self.durationNs = durationNs
    self.sampleCount = sampleCount
  }

  enum CodingKeys: String, CodingKey {
    case name, title, instances, seed, repetitions, touch
    case machineBytes = "machine_bytes"
    case durationNs = "duration_ns"
    case sampleCount = "sample_count"
  }
}

/// The recording that was replayed.
public struct Workload: Codable, Hashable, Sendable {
  /// File name without folders.
  public var recording: String
  /// SHA-256 or the like of the file's bytes, to know it again.
  public var checksum: String
  public var origin: String
  public var eventCount: UInt64
  public var spanNs: UInt64
  public var livePeakBytes: UInt64
  public var threads: Int
  public var caveats: [String]

  public init(
    recording: String, checksum: String, origin: String, eventCount: UInt64, spanNs: UInt64,
    livePeakBytes: UInt64, threads: Int, caveats: [String] = []
  ) {
    self.recording = recording
    self.checksum = checksum
    self.origin = origin
    self.eventCount = eventCount
    self.spanNs = spanNs
    self.livePeakBytes = livePeakBytes
    self.threads = threads
    self.caveats = caveats
  }

  enum CodingKeys: String, CodingKey {
    case recording, checksum, origin, threads, caveats
    case eventCount = "event_count"
    case spanNs = "span_ns"
    case livePeakBytes = "live_peak_bytes"
  }
}
