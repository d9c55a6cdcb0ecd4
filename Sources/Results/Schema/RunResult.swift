/// A result: what `result.json` holds. `deterministic` is the same, byte for byte, for the same
/// seed and version on any host; everything that a clock or a host had a part in is in `measured`.
public struct RunResult: Codable, Hashable, Sendable {
  /// Version of this schema; readers refuse newer ones by name.
  public static let schemaVersion = 1

  public var schema: Int
  /// What the run depends on, as `ResultFolder` was opened with; written when the result is sealed.
  public var fingerprint: String?
  public var provenance: Provenance
  public var deterministic: Deterministic
  public var measured: Measured
  /// What a run that was stopped left out; nil for a complete result.
  public var incomplete: Incomplete?

  public init(provenance: Provenance, deterministic: Deterministic, measured: Measured) {
    self.schema = Self.schemaVersion
    self.provenance = provenance
    self.deterministic = deterministic
    self.measured = measured
  }

  /// Puts every system where it belongs: simulations and what was recorded are decided by the seed
  /// and the recording, real processes by the host, and so are all timings.
  /// Findings and summaries are computed here.
  public init(
    provenance: Provenance, configuration: Configuration, workload: Workload,
    systems: [SystemRun], incomplete: Incomplete? = nil
  ) {
    var deterministic = Deterministic(
      configuration: configuration, workload: workload, systems: [])
    var measured = Measured()
    for var system in systems {
      system.findAll()
      let timings = system.repetitions.map(\.timing)
      if system.kind.isDeterministic {
        if timings.contains(where: { $0 != nil }) {
          measured.timings[system.name] = timings.compactMap { $0 }
        }
        for index in system.repetitions.indices { system.repetitions[index].timing = nil }
        deterministic.systems.append(system)
      } else {
        measured.systems.append(system)
      }
    }
    self.init(provenance: provenance, deterministic: deterministic, measured: measured)
    self.incomplete = incomplete
  }

  public var isComplete: Bool { incomplete == nil }

  public var configuration: Configuration { deterministic.configuration }
  public var workload: Workload { deterministic.workload }

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

  /// Why a result is not complete and what is missing.
  public struct Incomplete: Codable, Hashable, Sendable {
    /// For people: `stopped by Ctrl-C`.
    public var reason: String
    /// Repetitions that were not finished, by system name.
    public var missing: [String: [Int]]

    public init(reason: String, missing: [String: [Int]]) {
      self.reason = reason
      self.missing = missing
    }
  }
}
