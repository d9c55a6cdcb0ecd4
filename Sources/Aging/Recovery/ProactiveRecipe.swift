internal import Fragmentation
internal import MemoryUnits
public import VirtualMemory

/// The published test of proactive compaction (N. Gupta, Linux 5.9, 2020): memory is filled with pages
/// of 4 KiB, three quarters of every 2 MiB are freed, some time goes by, and a task takes huge pages by
/// faults.
public struct ProactiveRecipe: Sendable {
  public var configuration: MachineConfiguration
  /// Simulated time between the frees and the first fault, ns.
  public var pause: UInt64 = 12_000_000_000
  /// The share of free memory that is asked for as huge pages.
  public var share = 1.0
  public var seed: UInt64 = 1

  /// - Parameter frames: of the machine.
  public init(frames: Int, proactiveness: Int) {
    configuration = MachineConfiguration(frameCount: frames, keepsContents: false)
    configuration.compaction.compactionProactiveness = proactiveness
    // Advised areas alone, which may compact at a fault, as on the host.
    configuration.transparentHugePages = TransparentHugePages(enabled: .madvise, defrag: .madvise)
  }

  /// What came of it.
  public struct Answer: Hashable, Sendable {
    /// Free frames when the first huge page is asked for.
    public var freeFrames: Int
    /// Huge pages asked for and got.
    public var asked: Int
    public var hugePages: Int
    /// Simulated ns of each fault, in order.
    public var latencies: [UInt64]
    /// Direct compaction (compact_stall).
    public var stalls: Int
    /// Pages moved, from the frees on.
    public var moves: Int
    /// Those of them that moved before the first fault.
    public var movesAhead: Int

    /// The part of free memory that was obtained as huge pages.
    public var obtained: Double { Double(hugePages * 512) / Double(max(freeFrames, 1)) }

    /// A percentile of the latencies, ns; nil without any.
    public func latency(percentile: Int) -> UInt64? {
      guard !latencies.isEmpty else { return nil }
      return latencies.sorted()[min(latencies.count * percentile / 100, latencies.count - 1)]
    }
  }

  /// Errors: ENOMEM (the machine is too small).
  public func run() throws(Errno) -> Answer {
    var machine = Machine(configuration)
    _ = try machine.age(.frag, AgingGoal(unusable: 1), seed: seed)
    let moved = machine.counters.pgmigrateSuccess
    machine.wait(pause)
    let before = machine.counters
    let free = machine.freeFrames
    let asked = Int(Double(free / Order.huge.frameCount) * share)
    let task = try machine.spawn("huge")
    let length = UInt64(asked + 1) << 21
    let area = try machine.mmap(task, length: length, .readWrite, [.private, .anonymous])
    let start = (area + 1 << 21 - 1) & ~(1 << 21 - 1)
    try machine.madvise(task, start, length: UInt64(asked) << 21, .hugePage)
    var latencies: [UInt64] = []
    for block in 0..<UInt64(asked) {
      let time = machine.clock
      do {
        try machine.touch(task, start + block << 21, .write)
      } catch {
        throw .noMemory
      }
      latencies.append(machine.clock - time)
    }
    let after = machine.counters
    return Answer(
      freeFrames: free, asked: asked, hugePages: Int(after.thpFaultAlloc - before.thpFaultAlloc),
      latencies: latencies, stalls: Int(after.compactStall - before.compactStall),
      moves: Int(after.pgmigrateSuccess - moved),
      movesAhead: Int(before.pgmigrateSuccess - moved))
  }
}
