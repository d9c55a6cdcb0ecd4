public import Fragmentation

/// What JemallocHost is asked to do: one JSON object, its only argument. Launcher and executable
/// come from one build, so there are no versions.
public struct JemallocHostRequest: Codable, Hashable, Sendable {
  /// Flat file of heap records (CHeapFormats/heap_record.h).
  public var recordsPath: String
  /// All slots of the records are below this number.
  public var slotCount: Int
  public var threadCount: Int
  /// Length of one pass over the records, ns.
  public var spanNs: UInt64
  /// Size of the simulated machine.
  public var machineBytes: UInt64
  public var instances: Int
  public var seed: UInt64
  /// Nil: `HeapSchedule`'s default.
  public var durationNs: UInt64?
  public var samples: Int
  /// A `TouchModel`.
  public var touch: String
  /// Where the frame map is to be written; nil for none.
  public var frameMapPath: String?
  /// jemalloc's narenas: threads of an instance are spread over so many arenas.
  public var arenas: Int
  /// min_free_kbytes of the machine; nil for what Linux computes.
  public var minFreeKilobytes: Int?
  public var watermarkScaleFactor: Int
  /// The machine's page-frame allocator: `list-buddy`, `row-buddy` or a policy such as `linux-6.18`.
  public var allocator: String
  /// How the machine's memory is fragmented before the first record; nil for empty memory.
  public var age: AgingRequest?

  public init(
    recordsPath: String, slotCount: Int, threadCount: Int, spanNs: UInt64, machineBytes: UInt64,
    instances: Int, seed: UInt64, durationNs: UInt64? = nil, samples: Int, touch: String,
    frameMapPath: String? = nil, arenas: Int = 8, minFreeKilobytes: Int? = nil,
    watermarkScaleFactor: Int = 10, allocator: String = "list-buddy"
  ) {
    self.recordsPath = recordsPath
    self.slotCount = slotCount
    self.threadCount = threadCount
    self.spanNs = spanNs
    self.machineBytes = machineBytes
    self.instances = instances
    self.seed = seed
    self.durationNs = durationNs
    self.samples = samples
    self.touch = touch
    self.frameMapPath = frameMapPath
    self.arenas = arenas
    self.minFreeKilobytes = minFreeKilobytes
    self.watermarkScaleFactor = watermarkScaleFactor
    self.allocator = allocator
  }
}
