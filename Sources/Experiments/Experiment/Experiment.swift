public import Fragmentation
public import MemoryUnits
public import TraceFormats
public import VirtualMemory

/// What an experiment file asks for, defaults filled in except those that depend on the recording.
public struct Experiment: Sendable, Hashable {
  /// The file's name without its extension; names the result folder.
  public var name: String
  /// For people; the name where the file gives none.
  public var title: String
  /// Path of the recording, made absolute or relative to the working directory.
  public var recordingPath: String
  public var instances: Int
  /// Nil: as large as `Experiment.fittingMachine` says.
  public var machine: ByteCount?
  public var seed: UInt64
  /// Nil: one for a single instance, where seeds decide nothing, else three.
  public var repetitions: Int?
  public var touch: TouchModel
  /// How many samples are taken, evenly over the run.
  public var samples: Int
  /// Length of the run on the recording's clock, ns; nil for the schedule's default.
  public var durationNs: UInt64?
  /// Linux's min_free_kbytes of the simulated machine; nil for Linux's formula.
  public var minFreeKilobytes: Int?
  /// Linux's watermark_scale_factor of the simulated machine, in 1/10000 of its memory.
  public var watermarkScaleFactor: Int
  /// The page-frame allocator of the machine under simulated systems.
  public var allocator: MachineConfiguration.Allocator
  /// How the memory of simulated and direct systems is fragmented before the first record; nil for
  /// empty memory.
  public var age: AgingRequest?
  public var systems: [SystemName]

  /// The smallest power of two that holds twice the live peak of all instances, at least 64 MiB:
  /// small enough that contiguity is scarce, large enough that every system can serve the recording.
  public static func fittingMachine(livePeakBytes: UInt64, instances: Int) -> ByteCount {
    let need = Double(livePeakBytes) * Double(instances) * 2
    var size = 64 << 20
    while Double(size) < need, size < 1 << 43 { size <<= 1 }
    return ByteCount(size)
  }
}
