/// One run of the build mix under one policy.
public struct MixRepetition: Codable, Hashable, Sendable {
  /// One build and the burst of huge pages after it.
  public struct Round: Codable, Hashable, Sendable {
    /// Faults of the burst, each for another huge page, and those that got one.
    public var faults: Int
    public var huge: Int
    /// Pageblocks with a frame that cannot move, and those that have movable pages beside such a
    /// frame, after the build, as shares of all.
    public var unmovableShare: Double
    public var mixedShare: Double

    enum CodingKeys: String, CodingKey {
      case faults, huge
      case unmovableShare = "unmovable_share"
      case mixedShare = "mixed_share"
    }

    public init(faults: Int, huge: Int, unmovableShare: Double, mixedShare: Double) {
      self.faults = faults
      self.huge = huge
      self.unmovableShare = unmovableShare
      self.mixedShare = mixedShare
    }

    /// The share of the faults that got a huge page.
    public var hugeShare: Double { faults > 0 ? Double(huge) / Double(faults) : 1 }
  }

  public var rounds: [Round]
  /// Counters of the machine that are not 0, under Linux's names.
  public var vmstat: [String: UInt64]

  public init(rounds: [Round], vmstat: [String: UInt64]) {
    self.rounds = rounds
    self.vmstat = vmstat
  }

  /// Faults of all rounds that got no huge page, as a share of all.
  public var fallbackShare: Double {
    let faults = rounds.reduce(0) { $0 + $1.faults }
    let huge = rounds.reduce(0) { $0 + $1.huge }
    return faults > 0 ? Double(faults - huge) / Double(faults) : 0
  }
}
