internal import MemoryUnits
public import VirtualMemory

/// The published recipe for proactive compaction (N. Gupta, Linux 5.9): take most of memory in pages
/// of 4 KiB, free three quarters of every 2 MiB, wait, then take huge pages by faults.
public struct ProactiveRecipe: Sendable {
  /// Of the machine: its memory, allocator and cost table.
  public var configuration: MachineConfiguration
  /// Time between freeing and taking, ns.
  public var pause: UInt64 = 12_000_000_000
  /// Time between two faults, ns. The host with which figures are compared takes 6.1 to 8.6 s for its
  /// 5120 faults, half of which take 0.2 ms each.
  public var pace: UInt64 = 1_430_000
  /// The share of memory that is taken first, nearly all; and the share that is then wanted as huge
  /// pages, nil for all that is free.
  public var taken = 0.95
  public var wanted: Double? = 10.0 / 24

  /// - Parameter proactiveness: vm.compaction_proactiveness, all the time.
  public init(_ configuration: MachineConfiguration, proactiveness: Int) {
    self.configuration = configuration
    self.configuration.keepsContents = false
    self.configuration.transparentHugePages = TransparentHugePages(
      enabled: .madvise, defrag: .madvise)
    self.configuration.compaction.compactionProactiveness = proactiveness
  }

  public struct Outcome: Encodable, Sendable {
    public var faults: HugeFaults
    /// Simulated time of all faults and of the waits between them, ns.
    public var totalNs: UInt64
    /// Frames that were free before the faults.
    public var freeFrames: Int
    /// What was obtained as huge pages, as a share of them.
    public var obtainedShare: Double
    public var vmstat: [String: UInt64]

    /// Huge pages that a fault did not get.
    public var fallbacks: UInt64 { vmstat["thp_fault_fallback"] ?? 0 }
    /// Faults that compacted by themselves.
    public var stalls: UInt64 { vmstat["compact_stall"] ?? 0 }

    enum CodingKeys: String, CodingKey {
      case faults, vmstat
      case totalNs = "total_ns"
      case freeFrames = "free_frames"
      case obtainedShare = "obtained_share"
    }
  }

  /// Errors: ENOMEM where the machine is too small for that.
  public func run() throws(Errno) -> Outcome {
    var machine = Machine(configuration)
    let task = try machine.spawn("recipe")
    try fragment(&machine, task)
    machine.wait(pause)

    let free = machine.freeFrames
    let before = machine.counters
    let began = machine.clock
    let blocks = wanted.map { Int($0 * Double(machine.frameCount)) / 512 } ?? free / 512
    let start = try machine.mapAligned(task, pages: blocks * 512, .hugePage)
    var faults = HugeFaults()
    for block in 0..<UInt64(blocks) {
      let clock = machine.clock
      do {
        try machine.touch(task, start + (block << 21), .write)
      } catch {
        break
      }
      faults.add(machine.clock - clock)
      machine.wait(pace)
    }
    faults.huge = Int(machine.counters.thpFaultAlloc - before.thpFaultAlloc)
    let changes = zip(machine.counters.named, before.named).map { ($0.name, $0.value - $1.value) }
    return Outcome(
      faults: faults, totalNs: machine.clock - began,
      freeFrames: free, obtainedShare: Double(faults.huge * 512) / Double(max(free, 1)),
      vmstat: Dictionary(uniqueKeysWithValues: changes.filter { $0.1 > 0 }))
  }

  /// Takes pages of 4 KiB and frees three quarters of every 2 MiB.
  private func fragment(_ machine: inout Machine, _ task: TaskID) throws(Errno) {
    let pages = Int(taken * Double(machine.frameCount)) & ~511
    let start = try machine.mapAligned(task, pages: pages, .noHugePage)
    let first = Int(start >> 12)
    guard case .resident = machine.touch(task, PageRange(start: first, count: pages)) else {
      throw .noMemory
    }
    for block in stride(from: start, to: start + (UInt64(pages) << 12), by: 2 << 20) {
      try machine.madvise(task, block + (512 << 10), length: 1536 << 10, .dontNeed)
    }
  }
}
