internal import MemoryUnits
public import VirtualMemory

/// A load like the build of a kernel, with bursts of huge pages in between: what do types that mix cost
/// over the rounds? (After the test of vm.defrag_mode, J. Weiner, Linux 6.15: bursts of huge pages
/// beside 15 builds.)
///
/// Memory is full of file pages. A round has these parts:
///
/// 1. A build: jobs, of which several run at a time, take anonymous memory in small steps and read
///    files; for each file the kernel takes frames for dentries and inodes, and some that stay a while.
/// 2. A burst: a task takes a share of memory as huge pages, with time between the faults, and ends.
/// 3. Files are read until memory is full again; shrinkers free half of the dentries and inodes, here
///    and there; files are read again, into what has become free.
///
/// The third part is what mixes types: movable pages that fill the holes leave the next build without
/// room where its dentries were.
public struct BuildMix: Sendable {
  /// Of the machine: its memory, allocator and cost table.
  public var configuration: MachineConfiguration
  /// Builds, each with a burst after it.
  public var rounds = 15
  /// The same seed gives the same outcome.
  public var seed: UInt64
  /// Jobs of a round, and how many run at a time.
  public var jobs = 60
  public var jobsAtATime = 16
  /// The share of memory that a burst wants, and the time between two of its faults, ns.
  public var burst = 0.12
  public var pause: UInt64 = 3_000_000
  /// Files: how many, and the largest, in pages.
  public var fileCount = 8000
  public var filePages = 128
  /// Frames for dentries and inodes per file that is read, and the most that there are, as a share of
  /// memory.
  public var slabFrames = 8
  public var slabShare = 0.08

  public init(_ configuration: MachineConfiguration, seed: UInt64) {
    self.configuration = configuration
    self.configuration.keepsContents = false
    self.configuration.transparentHugePages = TransparentHugePages(
      enabled: .madvise, defrag: .madvise)
    self.seed = seed
  }

  /// What one round came to.
  public struct Round: Encodable, Sendable {
    /// Huge pages that the burst wanted, and those that it got.
    public var wanted: Int
    public var obtained: Int
    /// Blocks of 2 MiB with a frame that cannot move, after the build, as a share of all.
    public var spoiledShare: Double
    /// Those of them that have pages that can move, too.
    public var mixedShare: Double

    enum CodingKeys: String, CodingKey {
      case wanted, obtained
      case spoiledShare = "spoiled_share"
      case mixedShare = "mixed_share"
    }
  }

  public struct Outcome: Encodable, Sendable {
    /// In their order.
    public var rounds: [Round]
    /// Counters of the machine that are not 0, under Linux's names.
    public var vmstat: [String: UInt64]

    /// Faults that got no huge page, as a share of all.
    public var fallbackShare: Double {
      let wanted = rounds.reduce(0) { $0 + $1.wanted }
      let obtained = rounds.reduce(0) { $0 + $1.obtained }
      return wanted > 0 ? Double(wanted - obtained) / Double(wanted) : 0
    }

    /// The largest share of blocks that held something unmovable after a build.
    public var worstSpoiledShare: Double { rounds.map(\.spoiledShare).max() ?? 0 }
  }

  /// - Parameter finished: is told every round; what it throws ends the run.
  /// - Throws: ENOMEM where the machine is too small for the load.
  public func run(_ finished: (Round) throws -> Void = { _ in }) throws -> Outcome {
    var world = try BuildWorld(self)
    try world.fillPageCache()
    var rounds: [Round] = []
    for _ in 0..<self.rounds {
      try world.build()
      let shares = world.spoiledShares
      let burst = try world.takeHugePages()
      let round = Round(
        wanted: burst.wanted, obtained: burst.obtained, spoiledShare: shares.spoiled,
        mixedShare: shares.mixed)
      rounds.append(round)
      try world.readFiles()
      world.shrinkSlabs()
      try world.readFiles()
      try finished(round)
    }
    let counters = world.machine.counters.named.filter { $0.value > 0 }
    return Outcome(rounds: rounds, vmstat: Dictionary(uniqueKeysWithValues: counters))
  }
}
